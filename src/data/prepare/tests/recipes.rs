//! Recipes that are refused, and what is said of them.

use proptest::prelude::*;

use crate::prepare::Recipe;

fn says(recipe: &str) -> String {
    Recipe::parse(recipe).unwrap_err().to_string()
}

fn step_says(fields: &str) -> String {
    says(&format!("version = 1\n[[step]]\nkind = \"drop-empty\"\n[[step]]\n{fields}"))
}

#[test]
fn the_whole_is_checked() {
    assert!(says("version = ").starts_with("the recipe is not TOML"));
    assert!(says("version = 2").starts_with("`version` must be 1"));
    assert!(says("").starts_with("`version` must be 1"));
    assert_eq!(says("version = 1\ncolour = 1"), "`colour` is no field here; remove it or correct its name");
    assert_eq!(says("version = 1\nstep = 1"), "`step` must be written as `[[step]]`; correct it");
    assert_eq!(
        says("version = 1\n[input]\ndelimiter = \"|\""),
        "`input.delimiter` must be `,`, `;` or a tab; correct it"
    );
    assert!(
        says("version = 1\n[input]\nformat = \"csv\"\ncolumns = [\"a\"]")
            .starts_with("`input.columns` is for JSON lines")
    );
    assert!(says("version = 1\n[output]\nformat = \"parquet\"").contains("since Parquet is not written"));
    assert!(
        says(&format!("version = 1\n{}", "[[step]]\nkind = \"drop-empty\"\n".repeat(101))).contains("more than 100")
    );
    assert_eq!(Recipe::parse("version = 1").unwrap().outputs().collect::<Vec<_>>(), ["all"]);
}

#[test]
fn every_field_is_named_with_its_step() {
    for (fields, expected) in [
        ("", "`step[2].kind` is missing; add it"),
        ("kind = \"drop-empty\"\ncolour = 1", "`step[2].colour` is no field here; remove it or correct its name"),
        (
            "kind = \"drop-empty\"\ncolumns = []",
            "`step[2].columns` must be a list of texts, not empty, none twice; correct it",
        ),
        (
            "kind = \"drop-empty\"\nmissing = \"some\"",
            "`step[2].missing` must be one of `all`, `any`, not `some`; correct it",
        ),
        (
            "kind = \"drop-malformed\"",
            "`step[2].kind` `drop-malformed` concerns the reading of rows; make it the first step",
        ),
        (
            "kind = \"filter\"\ncolumn = \"a\"\nop = \"in\"",
            "`step[2].values` must be a list of texts, numbers or truths, not empty; correct it",
        ),
        (
            "kind = \"filter\"\ncolumn = \"a\"\nop = \"present\"\nvalue = 1",
            "`step[2].value` is no field here; remove it or correct its name",
        ),
        ("kind = \"normalise\"", "`step[2].kind` does nothing so; set `nfkc`, `lowercase` or `trim` to `true`"),
        ("kind = \"near-duplicates\"\ncolumns = [\"a\"]", "`step[2].seed` is missing; add it"),
        (
            "kind = \"near-duplicates\"\ncolumns = [\"a\"]\nseed = -1",
            "`step[2].seed` must be a whole number from 0 to 9223372036854775807; correct it",
        ),
        (
            "kind = \"near-duplicates\"\ncolumns = [\"a\"]\nseed = 1\nthreshold = 1.5",
            "`step[2].threshold` must be a number above 0 and at most 1; correct it",
        ),
        (
            "kind = \"split\"\nseed = 1\ninto = { train = 0.8, test = 0.1 }",
            "`step[2].into` has shares that add up to 0.9; make them add up to 1",
        ),
        (
            "kind = \"split\"\nseed = 1\ninto = { train = 0.8, Test = 0.2 }",
            "`step[2].into` must be named in `a-z`, `0-9`, `-` and `_`, at most 32 characters each; correct it",
        ),
        (
            "kind = \"split\"\nseed = 1\ninto = { train = 1.0, test = 0 }",
            "`step[2].into` must be a table of shares above 0; correct it",
        ),
        (
            "kind = \"standardise\"\ncolumns = [\"a\"]\nlearn_from = \"train\"",
            "`step[2].learn_from` needs a `split` step before this one; move it, or remove the field",
        ),
        (
            "kind = \"outliers\"\ncolumns = [\"a\"]\nmethod = \"iqr\"\naction = \"drop\"\ninto = \"x\"",
            "`step[2].into` does not go with `action = \"drop\"`; remove one of them",
        ),
        (
            "kind = \"one-hot\"\ncolumn = \"a\"\ncategories = [\"x\"]\nlearn_from = \"y\"",
            "`step[2].learn_from` does not go with `categories`; remove one of them",
        ),
    ] {
        assert_eq!(step_says(fields), expected);
    }
    assert!(step_says("kind = \"teleport\"").starts_with("`step[2].kind` must be one of drop-malformed, encoding,"));
    let split = "kind = \"split\"\nseed = 1\ninto = { a = 0.5, b = 0.5 }\n[[step]]\n";
    assert_eq!(
        step_says(&format!("{split}{split}kind = \"drop-empty\"")),
        "`step[3].kind` splits again what step[2] splits; remove one of them"
    );
    let standardise = format!("{split}kind = \"standardise\"\ncolumns = [\"x\"]");
    assert_eq!(step_says(&standardise), "`step[3].learn_from` must be one of a, b; correct it");
}

proptest! {
    #[test]
    fn any_text_is_a_recipe_or_refused(text in "\\PC{0,200}", kind in "[a-z-]{0,20}", field in "[a-z_]{1,10}", value in "[0-9a-z.\"\\[\\]{}=-]{0,12}") {
        drop(Recipe::parse(&text));
        drop(Recipe::parse(&format!("version = 1\n[[step]]\nkind = \"{kind}\"\n{field} = {value}\n")));
    }

    #[test]
    fn any_value_of_a_known_field_is_taken_or_refused(at in 0..KINDS.len(), field in 0..FIELDS.len(), value in 0..VALUES.len(), other in 0..FIELDS.len()) {
        let (kind, field, other, value) = (KINDS[at], FIELDS[field], FIELDS[other], VALUES[value]);
        let text = format!("version = 1\n[[step]]\nkind = \"{kind}\"\nseed = 1\n{field} = {value}\n");
        drop(Recipe::parse(&text));
        drop(Recipe::parse(&format!("{text}{other} = [\"a\"]\n")));
    }
}

const KINDS: [&str; 6] = ["filter", "split", "outliers", "one-hot", "near-duplicates", "rename"];
const FIELDS: [&str; 9] =
    ["columns", "column", "into", "threshold", "values", "value", "shingle", "permutations", "categories"];
const VALUES: [&str; 10] =
    ["nan", "inf", "-1", "9223372036854775807", "[]", "{}", "{ a = nan, b = 1 }", "\"\"", "[[1]]", "1979-05-27"];
