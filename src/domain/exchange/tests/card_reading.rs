//! Dataset cards as they are read.

use super::*;

const CARD: &str = r#"---
annotations_creators:
- crowdsourced
- machine-generated
language_creators: [found]
language:
- en
- multilingual
license:
- cc-by-sa-4.0
pretty_name: "Reviews: large"
size_categories:
- 10K<n<100K
source_datasets:
- original
- extended|squad
task_categories:
- text-classification
tags: [reviews, shops]
dataset_info:
  features:
  - name: text
    dtype: string
configs:
- config_name: default
---
# Dataset Card for Something

## Dataset Description

- **Homepage:** [shop](https://example.org/shop)
- **Point of Contact:** <data@example.org>
- **Paper:** [More Information Needed]

### Dataset Summary

Reviews of products.
<!-- Say what it is. -->

### Out-of-Scope Use

[More Information Needed]

## Bias, Risks, and Limitations

One shop only.

## Citation [optional]

```
@misc{x}
# not a heading
```
"#;

#[test]
fn a_dataset_card_becomes_a_draft() {
    let imported = read_card(CARD).unwrap();
    for line in [
        "name = \"Reviews: large\"",
        "licence = \"CC-BY-SA-4.0\"",
        "languages = [\"en\"]",
        "intended_use = [\"text-classification\"]",
        "keywords = [\"reviews\", \"shops\"]",
        "annotation = \"crowdsourced, machine-generated\"",
        "generation_method = \"found\"",
        "limitations = [\"One shop only.\"]",
        "citation = \"@misc{x}\\n# not a heading\"",
        "summary = \"Reviews of products.\"",
        "website = \"https://example.org/shop\"",
        "contact = \"data@example.org\"",
        "#prohibited_use = [\"identifying people\"]",
    ] {
        assert_drafted(&imported, line);
    }
    assert_noted(&imported, "size_categories (line 12)", "10K<n<100K", "a count");
    assert_noted(&imported, "source_datasets (line 14)", "extended|squad", "[[parent]]");
    assert_noted(&imported, "language (line 6)", "multilingual", "language tag");
    assert_noted(&imported, "dataset_info (line 20)", "dataset_info", "no field");
    assert_eq!(imported.notes.len(), 5, "{:?}", imported.notes);
}

#[test]
fn licences_of_cards_are_never_guessed() {
    let card = |head: &str| read_card(&format!("---\n{head}\n---\n# Dataset Card for Reviews\n")).unwrap();
    assert_drafted(&card("license: other\nlicense_name: LicenseRef-Shop"), "licence = \"LicenseRef-Shop\"");
    let imported = card("license: other\nlicense_name: shop terms\nlicense_link: LICENSE");
    assert_noted(&imported, "license_name (line 3)", "shop terms", "its text is said to be at LICENSE");
    assert_noted(&card("license: [mit, apache-2.0]"), "license (line 2)", "mit, apache-2.0", "one expression");
    assert_noted(&card("license: other"), "license (line 2)", "other", "SPDX");
    let imported = card("tags: [a]");
    assert_noted(&imported, "license", "empty", "SPDX");
    assert_drafted(&imported, "name = \"Reviews\"");
}

#[test]
fn a_card_that_nests_what_is_needed_is_refused_with_its_line() {
    let refused = read_card("---\npretty_name: x\nlicense:\n  name: mit\n---\n");
    assert!(matches!(refused, Err(Unreadable::Card { line: 3, .. })), "{refused:?}");
    let refused = read_card("just text").unwrap_err().to_string();
    assert!(refused.starts_with("line 1: expected `---`"), "{refused}");
}
