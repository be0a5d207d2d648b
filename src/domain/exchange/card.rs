//! Reading a dataset card of Hugging Face (`README.md` with YAML front matter) into a draft.
//!
//! Keys are those that the hub documents for dataset cards; the text below is read by its headings (`card_text`). Sizes are ranges
//! on the hub and counts here, so they are noted and not taken over.

use chancery_base::values::Language;

use super::{
    card_text,
    draft::Draft,
    front_matter::{Entry, Written, read_front_matter},
    imported::{Imported, Unreadable},
    written_licence::read_licence,
};
use crate::{documents::read, licensing::Catalogue, passport::LicenceExpression};

/// Keys whose values are taken over, or noted one by one.
const READ: [&str; 12] = [
    "license",
    "license_name",
    "license_link",
    "language",
    "pretty_name",
    "size_categories",
    "source_datasets",
    "task_categories",
    "task_ids",
    "tags",
    "annotations_creators",
    "language_creators",
];

/// Reads a dataset card into the draft of a datasheet, with the comments in `language`.
///
/// Errors: a line of the front matter that is more than flat YAML, where what it says is needed.
pub fn read_dataset_card(source: &str, language: Language, catalogue: &Catalogue) -> Result<Imported, Unreadable> {
    let (entries, body) = read_front_matter(source)?;
    let (mut draft, mut card) = (Draft::default(), Card::default());
    for entry in &entries {
        match &entry.value {
            Written::Texts(texts) if READ.contains(&entry.key.as_str()) => card.known.push((entry, texts)),
            Written::Nested if READ.contains(&entry.key.as_str()) => {
                return Err(Unreadable::Card { line: entry.line, expected: "one value, or a list of plain values" });
            }
            // What the hub's viewer needs says nothing that a datasheet has a field for.
            _ => draft.note(place(entry), &entry.key, "nothing: a datasheet has no field for it"),
        }
    }
    card.fill(&mut draft, catalogue);
    card_text::read_sections(&body, &mut draft);
    Ok(draft.finish(language))
}

fn place(entry: &Entry) -> String {
    format!("{} (line {})", entry.key, entry.line)
}

/// The keys of a card that are read.
#[derive(Default)]
struct Card<'e> {
    known: Vec<(&'e Entry, &'e Vec<String>)>,
}

impl Card<'_> {
    /// A key's place and values; nothing where it is missing or empty.
    fn find(&self, key: &str) -> Option<(String, &[String])> {
        let (entry, texts) = self.known.iter().find(|(entry, _)| entry.key == key)?;
        (!texts.is_empty()).then(|| (place(entry), texts.as_slice()))
    }

    fn fill(&self, draft: &mut Draft, catalogue: &Catalogue) {
        self.fill_licence(draft, catalogue);
        if let Some((field, [name, ..])) = self.find("pretty_name") {
            draft.text(("dataset", "name"), &field, name);
        }
        if let Some((field, languages)) = self.find("language") {
            draft.list(("dataset", "languages"), &field, languages, read::language_tag);
        }
        if let Some((field, tasks)) = self.find("task_categories").or_else(|| self.find("task_ids")) {
            draft.list(("about", "intended_use"), &field, tasks, read::text);
        }
        if let Some((field, tags)) = self.find("tags") {
            draft.list(("about", "keywords"), &field, tags, read::text);
        }
        if let Some((field, creators)) = self.find("annotations_creators") {
            draft.text(("documentation", "annotation"), &field, &creators.join(", "));
        }
        if let Some((field, creators)) = self.find("language_creators") {
            draft.text(("use", "generation_method"), &field, &creators.join(", "));
        }
        if let Some((field, sizes)) = self.find("size_categories") {
            draft.note(field, &sizes.join(", "), "how many items there are, in `data_points`: a count, not a range");
        }
        if let Some((field, sources)) = self.find("source_datasets") {
            // The hub's word for data that come from no other set.
            for source in sources.iter().filter(|source| *source != "original") {
                draft.note(&field, source, "a [[parent]] that names a data set registered here, such as acme/raw@v1");
            }
        }
    }

    fn fill_licence(&self, draft: &mut Draft, catalogue: &Catalogue) {
        let written = match self.find("license") {
            Some((field, [tag])) => (field, tag.clone()),
            Some((field, tags)) => {
                return draft.note(
                    field,
                    &tags.join(", "),
                    "one expression, such as A AND B where all apply, or A OR B",
                );
            }
            None => return draft.note("license", "", "an SPDX licence expression or LicenseRef-Name"),
        };
        // `other` stands for the name and the text beside it.
        let named = self.find("license_name").filter(|_| written.1 == "other");
        let (field, tag) = named.map_or(written, |(field, names)| (field, names.join(" ")));
        match read_licence(&tag, catalogue) {
            Ok(licence) => {
                draft.checked(("dataset", "licence"), &field, &licence, read::parsed::<LicenceExpression>);
            }
            Err(expected) => {
                let link = self.find("license_link").map(|(_, links)| links.join(" "));
                let link = link.map_or(String::new(), |link| format!("; its text is said to be at {link}"));
                draft.note(field, &tag, format!("{expected}{link}"));
            }
        }
    }
}
