//! The floors of the house: a module imports only from groups that stand above its own in its package's `lib.rs`.
//!
//! A group is introduced by a comment `// floor N: …`; a floor may have several. Modules of one group do not import each
//! other, except acts, which stand one above the other in the order of their lines (`// floor N: …, in this order`).

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Where a module stands: its group, counted from the top of the file, and among acts its place in it.
type Storey = (usize, usize);

/// Reads the floors off the text of a `lib.rs`.
fn storeys(lib: &str) -> BTreeMap<String, Storey> {
    let mut found = BTreeMap::new();
    let (mut group, mut floor, mut is_ordered) = (0, 0, false);
    for line in lib.lines() {
        if let Some(heading) = line.strip_prefix("// floor ") {
            let number = heading.split(':').next().unwrap().trim();
            let number: u32 = number.parse().unwrap_or_else(|_| panic!("`{line}` names no floor"));
            assert!(number >= floor, "`{line}` stands below a higher floor");
            (group, floor, is_ordered) = (group + 1, number, heading.contains("in this order"));
        } else if let Some(module) = line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod ")) {
            let module = module.trim_end_matches(';').to_owned();
            assert!(group > 0, "`{module}` stands on no floor");
            let place = if is_ordered { found.len() } else { 0 };
            found.insert(module, (group, place));
        }
    }
    found
}

/// The modules of its own package that a source text names.
fn imports(source: &str) -> Vec<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (position, _) in code.match_indices("crate::") {
        let rest = &code[position + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(std::mem::take(&mut name)),
                    _ if depth == 0 => name.push(character),
                    _ => {}
                }
            }
            found.push(name);
        } else {
            found.push(rest.to_owned());
        }
    }
    found.iter().map(|path| path.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
}

/// Every import that does not point down, as `module -> imported`.
fn violations(storeys: &BTreeMap<String, Storey>, sources: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (module, source) in sources {
        let own = storeys.get(module).unwrap_or_else(|| panic!("`{module}` is not in lib.rs"));
        for imported in imports(source) {
            let Some(other) = storeys.get(&imported) else { continue };
            let is_below = other.0 < own.0 || (other.0 == own.0 && other.1 < own.1);
            if imported != *module && !is_below {
                found.push(format!("{module} -> {imported}"));
            }
        }
    }
    found
}

/// All sources below a package's folder, each with the module of `lib.rs` that it belongs to.
fn sources(package: &Path, own_folders: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = vec![package.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let relative = path.strip_prefix(package).unwrap();
            let first = relative.iter().next().unwrap().to_str().unwrap();
            if path.is_dir() && (own_folders.is_empty() || own_folders.contains(&first)) {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let module = first.trim_end_matches(".rs").to_owned();
                if !["build", "lib", "main"].contains(&module.as_str()) {
                    found.push((module, fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    found
}

fn package(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn assert_imports_point_down(folder: &str, own_folders: &[&str]) {
    let package = package(folder);
    let storeys = storeys(&fs::read_to_string(package.join("lib.rs")).unwrap());
    let sources = sources(&package, own_folders);
    assert!(!sources.is_empty(), "no sources below {folder}");
    assert_eq!(violations(&storeys, &sources), Vec::<String>::new(), "in {folder}");
}

#[test]
fn imports_point_down_in_every_package() {
    assert_imports_point_down("src/base", &[]);
    assert_imports_point_down("src/domain", &[]);
    assert_imports_point_down("src", &["app", "words", "cli", "web", "demo"]);
}

#[test]
fn a_planted_upward_or_sideways_import_is_found() {
    let storeys = storeys("// floor 1: means\npub mod db;\npub mod store;\n\n// floor 2: memory\npub mod logs;\n");
    let planted = |module: &str, source: &str| violations(&storeys, &[(module.to_owned(), source.to_owned())]);
    assert_eq!(planted("logs", "use crate::{db::Tx, store};"), Vec::<String>::new());
    assert_eq!(planted("db", "use crate::logs::append;"), ["db -> logs"]);
    assert_eq!(planted("db", "use crate::{\n    logs::{self, append},\n};"), ["db -> logs"]);
    assert_eq!(planted("store", "fn f() { crate::db::open() }"), ["store -> db"]);
    assert_eq!(planted("db", "//! See [`crate::logs`]."), Vec::<String>::new());
}

#[test]
fn acts_stand_in_the_order_of_their_lines() {
    let storeys = storeys("// floor 6: acts, in this order\npub mod registration;\npub mod serving;\n");
    let planted = |module: &str, source: &str| violations(&storeys, &[(module.to_owned(), source.to_owned())]);
    assert_eq!(planted("serving", "use crate::registration::open_weights;"), Vec::<String>::new());
    assert_eq!(planted("registration", "use crate::serving::infer;"), ["registration -> serving"]);
}

/// Which packages and files may name a library that is kept in one place.
#[test]
fn libraries_stay_where_they_belong() {
    let kept = [
        ("candle_core", vec!["src/engine/"]),
        ("candle_nn", vec!["src/engine/"]),
        ("actix_web", vec!["src/web/"]),
        ("openidconnect", vec!["src/base/openid/"]),
        ("diesel", vec!["src/base/db/", "rows.rs", "/rows/"]),
        ("cedar_policy", vec!["src/domain/policy/"]),
    ];
    let root = package("src");
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let name = path.strip_prefix(root.parent().unwrap()).unwrap().to_str().unwrap().to_owned();
            // Tests look into tables that the code they test keeps to itself.
            if name.contains("/tests/") || name.contains("tests.rs") || name.contains("test_database") {
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for (library, homes) in &kept {
                let is_home = homes.iter().any(|home| name.contains(home));
                let names_it = source
                    .lines()
                    .any(|line| !line.trim_start().starts_with("//") && line.contains(&format!("{library}::")));
                assert!(is_home || !names_it, "{name} imports {library}");
            }
        }
    }
}
