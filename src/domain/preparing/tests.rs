//! Preparations over time: what nobody registers goes, what was registered stays, and a silent server's work has failed.

use chancery_base::values::UnixMillis;

use super::*;
use crate::{
    artifacts::PreparationState,
    passport::{Datasheet, sample},
    registration::tests::world::{World, in_each_world},
};

const ROWS: &[u8] = b"id,text\n1,works well\n2,works well\n3,broke at once\n";
const RECIPE: &str = "version = 1\n[[step]]\nkind = \"exact-duplicates\"\ncolumns = [\"text\"]";

fn preparer(world: &World) -> Preparer {
    let archive = world.archive.clone();
    let is_closing = Arc::default();
    Preparer { is_closing, clock: archive.clock.clone(), entropy: archive.entropy.clone(), archive }
}

fn papers(parent: &str) -> serde_json::Value {
    let text = format!("{}\n{parent}", sample::DATASHEET);
    serde_json::to_value(Datasheet::parse(&text).unwrap()).unwrap()
}

fn new_preparation() -> NewPreparation {
    NewPreparation { dataset: "acme/raw".parse().unwrap(), file: None, recipe: RECIPE.to_owned(), redaction: None }
}

fn begun(world: &World) -> chancery_base::values::PreparationId {
    preparer(world).begin(&world.acme, &world.once(), &new_preparation()).unwrap().into_inner()
}

#[test]
fn what_nobody_registers_in_a_week_is_forgotten_and_what_is_registered_stays() {
    in_each_world(|world| {
        world.push_as("acme/raw", &[("rows.csv", ROWS.to_vec())], papers("")).unwrap();
        let before = world.residue();
        let id = begun(world);
        let preparer = preparer(world);
        preparer.run(&world.acme, id).unwrap();
        let shown = preparer.show(&world.acme, id).unwrap();
        assert_eq!((shown.preparation.state, shown.files.len()), (PreparationState::Done, 3), "{shown:?}");
        let stored = world.residue()[5];
        assert_eq!(stored, before[5] + 3, "rows, report and trace");
        let clean = b"id,text\n1,works well\n3,broke at once\n".to_vec();
        let parent = "[[parent]]\ndataset = \"acme/raw@v1\"\nactivity = \"filter\"";
        let registered = world.push_as("acme/clean", &[("rows.csv", clean)], papers(parent)).unwrap();
        let parents = world.archive.database.read(|c| crate::artifacts::parents_of(c, registered.version)).unwrap();
        assert_eq!(parents.first().unwrap().standing, chancery_base::values::Standing::Observed);
        world.wait(6 * UnixMillis::PER_DAY);
        assert_eq!(world.archive.sweep_preparations(), Ok(0));
        world.wait(2 * UnixMillis::PER_DAY);
        assert_eq!(world.archive.sweep_preparations(), Ok(1));
        assert_eq!(world.residue()[5], before[5] + 1, "the registered rows stay, report and trace go");
        assert_eq!(world.archive.sweep_preparations(), Ok(0));
        assert_eq!(preparer.show(&world.acme, id).unwrap().files, []);
        assert_eq!(world.events("preparation-expired"), 1);
    });
}

#[test]
fn what_was_prepared_names_what_it_was_prepared_of() {
    in_each_world(|world| {
        world.push_as("acme/raw", &[("rows.csv", ROWS.to_vec())], papers("")).unwrap();
        let id = begun(world);
        preparer(world).run(&world.acme, id).unwrap();
        let clean = b"id,text\n1,works well\n3,broke at once\n".to_vec();
        let refused = world.push_as("acme/clean", &[("rows.csv", clean)], papers("")).unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (ProblemKind::BadPassport, Some("parent")), "{refused:?}");
        assert!(refused.detail.contains("acme/raw@v1"), "{refused:?}");
        // A recipe that leaves a file as it is takes nothing away from whoever has it.
        let idle = RECIPE.replace("text", "id");
        let new = NewPreparation { recipe: idle, ..new_preparation() };
        let id = preparer(world).begin(&world.acme, &world.once(), &new).unwrap().into_inner();
        preparer(world).run(&world.acme, id).unwrap();
        world.push_as("acme/again", &[("rows.csv", ROWS.to_vec())], papers("")).unwrap();
    });
}

#[test]
fn no_more_are_under_way_than_may_be() {
    in_each_world(|world| {
        world.push_as("acme/raw", &[("rows.csv", ROWS.to_vec())], papers("")).unwrap();
        let first = begun(world);
        begun(world);
        let preparer = preparer(world);
        let another = || preparer.begin(&world.acme, &world.once(), &new_preparation());
        assert_eq!(another().unwrap_err().kind, ProblemKind::Overloaded);
        preparer.cancel(&world.acme, first).unwrap();
        another().unwrap();
        assert_eq!(another().unwrap_err().kind, ProblemKind::Overloaded);
        world.wait(2 * SILENCE_MS);
        another().unwrap();
    });
}

#[test]
fn a_server_that_is_told_to_stop_gives_up_what_it_prepares() {
    in_each_world(|world| {
        world.push_as("acme/raw", &[("rows.csv", ROWS.to_vec())], papers("")).unwrap();
        let before = world.residue();
        let id = begun(world);
        let preparer = preparer(world);
        preparer.is_closing.store(true, std::sync::atomic::Ordering::Release);
        preparer.run(&world.acme, id).unwrap();
        let given_up = preparer.show(&world.acme, id).unwrap().preparation;
        assert_eq!((given_up.state, world.residue()), (PreparationState::Failed, before));
        assert!(given_up.problem.unwrap().contains("told to stop"));
    });
}

#[test]
fn what_a_stopped_server_began_has_failed_and_what_is_cancelled_leaves_nothing() {
    in_each_world(|world| {
        world.push_as("acme/raw", &[("rows.csv", ROWS.to_vec())], papers("")).unwrap();
        let before = world.residue();
        let (silent, cancelled) = (begun(world), begun(world));
        let preparer = preparer(world);
        preparer.cancel(&world.acme, cancelled).unwrap();
        assert!(preparer.cancel(&world.acme, cancelled).is_err(), "it has ended");
        preparer.run(&world.acme, cancelled).unwrap();
        assert_eq!(preparer.show(&world.acme, cancelled).unwrap().preparation.state, PreparationState::Cancelled);
        assert_eq!(world.residue(), before, "what was cancelled leaves no file");
        assert!(preparer.show(&world.zenith, silent).is_err(), "it is not another party's to see");
        world.wait(2 * SILENCE_MS);
        let shown = preparer.show(&world.acme, silent).unwrap().preparation;
        assert_eq!(shown.state, PreparationState::Failed);
        assert!(shown.problem.unwrap().contains("begin it again"));
    });
}
