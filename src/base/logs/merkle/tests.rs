//! The tree against the standard's vectors and against two other implementations.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;

use super::*;

/// A tree in memory: hashes of each level.
pub(in crate::logs) struct Memory {
    levels: Vec<Vec<TreeHash>>,
}

impl Memory {
    pub(in crate::logs) fn new(leaves: Vec<TreeHash>) -> Self {
        let mut levels = vec![leaves];
        while levels.last().unwrap().len() > 1 {
            let above = levels.last().unwrap().chunks_exact(2).filter_map(of_pair).collect();
            levels.push(above);
        }
        Self { levels }
    }
}

impl NodeReader for Memory {
    type Error = ();

    fn node(&mut self, level: u32, index: u64) -> Result<TreeHash, ()> {
        self.levels.get(level as usize).and_then(|hashes| hashes.get(index as usize)).copied().ok_or(())
    }
}

impl tlog_tiles::HashReader for Memory {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let read = |index: &u64| {
            let (level, index) = tlog_tiles::split_stored_hash_index(*index);
            theirs(self.levels[usize::from(level)][index as usize])
        };
        Ok(indexes.iter().map(read).collect())
    }
}

fn theirs(hash: TreeHash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(*hash.as_bytes())
}

pub(in crate::logs) fn leaves(size: u64) -> Vec<TreeHash> {
    (0..size).map(|index| TreeHash::of_leaf(format!("entry-{index}").as_bytes())).collect()
}

fn grown(size: u64) -> Frontier {
    let mut frontier = Frontier::default();
    leaves(size).into_iter().for_each(|leaf| frontier.append(leaf, |_| {}));
    frontier
}

#[test]
fn roots_equal_those_of_a_recursive_model() {
    // Computed by a recursive model of RFC 6962 in another language; leaves are `entry-0`, `entry-1`, …
    let expected = [
        (0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        (1, "QHZrIDNCkCb1PVRQJnmoOXBrR0H43K86i7pfQbX/4HU="),
        (2, "LyelCCwdQq+kiKw1Cp/EOQwIT1T3Hs3/hZ6Y24QptHk="),
        (3, "pkvybgkSj2/i/m+LLYyAHhZrV8BHp82bK4Ceepai8cs="),
        (255, "RdqfN0dI4Xo3L3HABCKxLiv5aELx9hxXQP5JTkvs/w8="),
        (256, "+F9OrTQIBxC00egIMBVDqquBqgTeuIWZNQ3Cak8vWN4="),
        (257, "kYsc7GTzF8duPPVcBTaEHAOe/wZ3LruIKM58F2Aotaw="),
        (1_000, "0D1jt3KvmQGYF+4+AYKG02omFhvbW/6CKOksAqvpEV0="),
        (70_000, "pipUvjMpT/1aXExjf9dUYwtxqJLoNW46Zmpcin/9FRg="),
    ];
    for (size, text) in expected {
        assert_eq!(root(&mut Memory::new(leaves(size)), size).unwrap().to_string(), text, "{size}");
        assert_eq!(grown(size).root().unwrap().to_string(), text, "frontier {size}");
    }
}

#[test]
fn the_root_of_another_implementations_test_log() {
    let words = "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten";
    let mut frontier = Frontier::default();
    words.split(' ').for_each(|word| frontier.append(TreeHash::of_leaf(word.as_bytes()), |_| {}));
    assert_eq!(frontier.root().unwrap().to_string(), "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=");
}

#[test]
fn a_reloaded_frontier_goes_on_as_before() {
    let all = leaves(66_000);
    let mut tile_levels = [all.clone(), Vec::new(), Vec::new()];
    let mut frontier = Frontier::default();
    for (index, leaf) in all.iter().enumerate() {
        frontier.append(*leaf, |tile| {
            assert_eq!(tile.position as usize, tile_levels[usize::from(tile.level)].len());
            tile_levels[usize::from(tile.level)].push(tile.hash);
        });
        if index % 997 == 0 || [254, 255, 256, 65_535].contains(&index) {
            let read = |level: u8, start: u64, count: u64| -> Result<_, ()> {
                let hashes = &tile_levels[usize::from(level)];
                Ok(hashes[start as usize..(start + count) as usize].to_vec())
            };
            assert_eq!(Frontier::load(index as u64 + 1, read).unwrap().unwrap(), frontier, "{index}");
        }
    }
    assert_eq!((tile_levels[1].len(), tile_levels[2].len()), (257, 1));
    assert_eq!(Frontier::load(3, |_, _, _| Ok::<_, ()>(Vec::new())), Ok(None));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn inclusion_agrees_with_two_other_implementations(size in 1_u64..700, pick in any::<u64>(), flip in any::<u8>()) {
        let index = pick % size;
        let mut memory = Memory::new(leaves(size));
        let tree_root = root(&mut memory, size).unwrap();
        let proof = inclusion_proof(&mut memory, index, size).unwrap().unwrap();
        let leaf = leaves(size)[index as usize];
        prop_assert_eq!(check_inclusion(leaf, index, size, tree_root, &proof), Ok(()));

        let peer = tlog_tiles::prove_record(size, index, &memory).unwrap();
        prop_assert_eq!(proof.iter().copied().map(theirs).collect::<Vec<_>>(), peer);
        let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        (0..size).for_each(|index| tree.push(format!("entry-{index}").into_bytes()));
        let peer = tree.prove_inclusion(index as usize);
        prop_assert_eq!(proof.iter().flat_map(|hash| hash.as_bytes()).copied().collect::<Vec<_>>(), peer.as_bytes());

        // Whatever is changed is noticed.
        prop_assert!(check_inclusion(leaf, (index + 1) % size.max(2), size.max(2), tree_root, &proof).is_err());
        prop_assert!(check_inclusion(TreeHash::of_leaf(b"other"), index, size, tree_root, &proof).is_err());
        prop_assert!(check_inclusion(leaf, size, size, tree_root, &proof).is_err());
        let longer = [proof.as_slice(), &[leaf]].concat();
        prop_assert!(check_inclusion(leaf, index, size, tree_root, &longer).is_err());
        if !proof.is_empty() {
            prop_assert!(check_inclusion(leaf, index, size, tree_root, &proof[1..]).is_err());
            prop_assert!(check_inclusion(leaf, index, size, tree_root, &flipped(&proof, flip)).is_err());
        }
    }

    #[test]
    fn consistency_agrees_with_two_other_implementations(size in 2_u64..700, pick in any::<u64>(), flip in any::<u8>()) {
        let old_size = 1 + pick % size;
        let mut memory = Memory::new(leaves(size));
        let old = (old_size, root(&mut memory, old_size).unwrap());
        let new = (size, root(&mut memory, size).unwrap());
        let proof = consistency_proof(&mut memory, old_size, size).unwrap().unwrap();
        prop_assert_eq!(check_consistency(old, new, &proof), Ok(()));

        let peer = tlog_tiles::prove_tree(size, old_size, &memory).unwrap();
        prop_assert_eq!(proof.iter().copied().map(theirs).collect::<Vec<_>>(), peer);
        if old_size < size {
            let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
            (0..size).for_each(|index| tree.push(format!("entry-{index}").into_bytes()));
            let peer = tree.prove_consistency((size - old_size) as usize);
            prop_assert_eq!(proof.iter().flat_map(|h| h.as_bytes()).copied().collect::<Vec<_>>(), peer.as_bytes());
        }

        let other = TreeHash::of_leaf(b"other");
        prop_assert!(check_consistency((old_size, other), new, &proof).is_err());
        prop_assert!(check_consistency(old, (size, other), &proof).is_err());
        prop_assert!(check_consistency((size + 1, old.1), new, &proof).is_err());
        let longer = [proof.as_slice(), &[other]].concat();
        prop_assert!(check_consistency(old, new, &longer).is_err());
        if !proof.is_empty() {
            prop_assert!(check_consistency(old, new, &proof[1..]).is_err());
            prop_assert!(check_consistency(old, new, &flipped(&proof, flip)).is_err());
        }
    }
}

fn flipped(proof: &[TreeHash], pick: u8) -> Vec<TreeHash> {
    let mut proof = proof.to_vec();
    let index = usize::from(pick) % proof.len();
    let mut bytes = *proof[index].as_bytes();
    bytes[usize::from(pick) % TreeHash::LENGTH] ^= 1;
    proof[index] = TreeHash::from_bytes(bytes);
    proof
}

#[test]
fn the_empty_tree_is_the_beginning_of_every_tree() {
    let mut memory = Memory::new(leaves(5));
    let new = (5, root(&mut memory, 5).unwrap());
    assert_eq!(consistency_proof(&mut memory, 0, 5).unwrap().unwrap(), []);
    assert_eq!(check_consistency((0, TreeHash::of_empty_tree()), new, &[]), Ok(()));
    assert_eq!(check_consistency((0, new.1), new, &[]), Err(ProofError::WrongRoot));
    assert_eq!(
        check_consistency(new, (0, TreeHash::of_empty_tree()), &[]),
        Err(ProofError::Backwards { old_size: 5, size: 0 })
    );
    assert_eq!(consistency_proof(&mut memory, 6, 5), Ok(None));
    assert_eq!(inclusion_proof(&mut memory, 5, 5), Ok(None));
}
