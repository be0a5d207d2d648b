//! Taking fields out of a document while collecting everything that is wrong with it.

use std::cell::RefCell;

use chancery_base::values::Invalid;

use super::{Content, Entry, Fault, Faults, Node, Position, nearest::nearest, read::Expected};

/// Reads a whole document with `read`, which asks its root section for every field there is.
///
/// Errors: every field that is missing, not as expected, or unknown.
pub fn read_document<T>(
    document: &'static str,
    node: &Node,
    read: impl FnOnce(&Section<'_>) -> Option<T>,
) -> Result<T, Faults> {
    let faults = RefCell::default();
    let value = read_section(node, String::new(), &faults, read);
    let faults = faults.into_inner();
    match value {
        Some(value) if faults.is_empty() => Ok(value),
        _ if faults.is_empty() => {
            Err(Faults::syntax(document, node.position, "a complete document", "an incomplete one"))
        }
        _ => Err(Faults::new(document, faults)),
    }
}

/// One section of a document, being read.
///
/// Every method that cannot give a value has recorded why; callers first read all fields, then give up if one is absent.
#[derive(Debug)]
pub struct Section<'d> {
    entries: &'d [Entry],
    path: String,
    position: Option<Position>,
    faults: &'d RefCell<Vec<Fault>>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'d> Section<'d> {
    /// A field that must be there.
    pub fn required<T>(&self, key: &'static str, read: impl Fn(&Node) -> Result<T, Expected>) -> Option<T> {
        match self.find(key) {
            Some(node) => self.take(key, node, &read),
            None => self.missing(key, &read),
        }
    }

    /// A field that may be left out.
    pub fn optional<T>(&self, key: &'static str, read: impl Fn(&Node) -> Result<T, Expected>) -> Option<T> {
        self.find(key).and_then(|node| self.take(key, node, &read))
    }

    /// A list that may be left out, which is the same as an empty one.
    pub fn list<T>(&self, key: &'static str, read: impl Fn(&Node) -> Result<T, Expected>) -> Vec<T> {
        match self.find(key) {
            Some(Node { content: Content::List(nodes), .. }) => self.elements(key, nodes, &read),
            Some(node) => {
                self.record(
                    self.path_of(key),
                    node.position,
                    "a list such as [\"…\", \"…\"]".into(),
                    node.content.describe(),
                );
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// A list that must be there with at least one element.
    pub fn required_list<T>(&self, key: &'static str, read: impl Fn(&Node) -> Result<T, Expected>) -> Option<Vec<T>> {
        match self.find(key) {
            Some(Node { content: Content::List(nodes), .. }) if !nodes.is_empty() => {
                Some(self.elements(key, nodes, &read))
            }
            found => {
                let position = found.map_or(self.position, |node| node.position);
                let found = found.map_or(&Content::Null, |node| &node.content).describe();
                self.record(self.path_of(key), position, "a list with at least one element".into(), found);
                None
            }
        }
    }

    /// A section that must be there.
    pub fn section<T>(&self, key: &'static str, read: impl FnOnce(&Section<'_>) -> Option<T>) -> Option<T> {
        match self.find(key) {
            Some(node) => read_section(node, self.path_of(key), self.faults, read),
            None => {
                let path = self.path_of(key);
                self.record(
                    path.clone(),
                    self.position,
                    format!("a section [{path}]").into(),
                    Content::Null.describe(),
                );
                None
            }
        }
    }

    /// A section that may be left out.
    pub fn optional_section<T>(&self, key: &'static str, read: impl FnOnce(&Section<'_>) -> Option<T>) -> Option<T> {
        self.find(key).and_then(|node| read_section(node, self.path_of(key), self.faults, read))
    }

    /// Sections of the same kind, `[[key]]` each; none is fine.
    pub fn sections<T>(&self, key: &'static str, read: impl Fn(&Section<'_>) -> Option<T>) -> Vec<T> {
        match self.find(key) {
            Some(Node { content: Content::List(nodes), .. }) => {
                let read_one =
                    |(index, node)| read_section(node, format!("{}[{index}]", self.path_of(key)), self.faults, &read);
                nodes.iter().enumerate().filter_map(read_one).collect()
            }
            Some(node) => {
                let path = self.path_of(key);
                self.record(
                    path.clone(),
                    node.position,
                    format!("sections [[{path}]]").into(),
                    node.content.describe(),
                );
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Whether the field was written at all.
    #[must_use]
    pub fn has(&self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    /// Refuses a field for a reason that concerns more than itself.
    pub fn refuse(&self, key: &'static str, expected: impl Into<Expected>) {
        let node = self.find(key);
        let position = node.map_or(self.position, |node| node.position);
        let found = node.map_or(&Content::Null, |node| &node.content).describe();
        self.record(self.path_of(key), position, expected.into(), found);
    }

    fn find(&self, key: &'static str) -> Option<&'d Node> {
        self.asked.borrow_mut().push(key);
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(&entry.node).filter(|node| node.content != Content::Null)
    }

    fn take<T>(&self, key: &str, node: &Node, read: &impl Fn(&Node) -> Result<T, Expected>) -> Option<T> {
        read(node)
            .map_err(|expected| self.record(self.path_of(key), node.position, expected, node.content.describe()))
            .ok()
    }

    fn missing<T>(&self, key: &str, read: &impl Fn(&Node) -> Result<T, Expected>) -> Option<T> {
        let expected = read(&Content::Null.into()).err().unwrap_or_default();
        self.record(self.path_of(key), self.position, expected, Content::Null.describe());
        None
    }

    fn elements<T>(&self, key: &str, nodes: &[Node], read: &impl Fn(&Node) -> Result<T, Expected>) -> Vec<T> {
        let element = |(index, node)| self.take(&format!("{key}[{index}]"), node, read);
        nodes.iter().enumerate().filter_map(element).collect()
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn record(&self, field: String, position: Option<Position>, expected: Expected, found: String) {
        self.faults.borrow_mut().push(Fault { field, position, expected: expected.into_owned(), found });
    }

    /// Refuses every field that was not asked for.
    fn refuse_unknown(&self) {
        let asked = self.asked.borrow();
        for entry in self.entries.iter().filter(|entry| !asked.contains(&entry.key.as_str())) {
            let expected = match nearest(&entry.key, asked.iter().copied()) {
                Some(name) => format!("a known field; did you mean `{name}`?"),
                None => format!("one of: {}", asked.join(", ")),
            };
            let key = Invalid::new(&entry.key, "").input;
            self.record(self.path_of(&key), entry.position, expected.into(), format!("the unknown field `{key}`"));
        }
    }
}

fn read_section<T>(
    node: &Node,
    path: String,
    faults: &RefCell<Vec<Fault>>,
    read: impl FnOnce(&Section<'_>) -> Option<T>,
) -> Option<T> {
    let Content::Table(entries) = &node.content else {
        let (expected, found) = (format!("a section [{path}]"), node.content.describe());
        faults.borrow_mut().push(Fault { field: path, position: node.position, expected, found });
        return None;
    };
    let section = Section { entries, path, position: node.position, faults, asked: RefCell::default() };
    let value = read(&section);
    section.refuse_unknown();
    value
}

#[cfg(test)]
mod tests {
    use super::{
        super::{parse_toml, read},
        *,
    };

    fn read_sample(source: &str) -> Result<(String, Vec<u64>), Faults> {
        read_document("sample", &parse_toml("sample", source)?, |root| {
            let name = root.required("name", read::text);
            let sizes = root.sections("part", |part| part.required("size", read::count));
            Some((name?, sizes))
        })
    }

    #[test]
    fn reads_what_is_there() {
        assert_eq!(read_sample("name = 'x'\n[[part]]\nsize = 2\n"), Ok(("x".to_owned(), vec![2])));
    }

    #[test]
    fn every_fault_is_listed_in_the_order_of_lines() {
        let faults = read_sample("nmae = 'x'\n[[part]]\nsize = 0\n[[part]]\n").unwrap_err();
        let listed: Vec<_> = faults.list().iter().map(|f| (f.field.as_str(), f.position.unwrap().line)).collect();
        assert_eq!(listed, [("name", 1), ("nmae", 1), ("part[0].size", 3), ("part[1].size", 4)]);
        assert!(faults.to_string().contains("did you mean `name`?"), "{faults}");
    }

    #[test]
    fn a_flood_of_unknown_fields_is_answered_briefly() {
        let source: String = (0..5_000).map(|index| format!("\"x{index}\\n\" = 1\n")).collect();
        let faults = read_sample(&source).unwrap_err();
        assert_eq!(faults.list().len(), 5_001);
        assert!(faults.to_string().len() < 10_000 && faults.to_string().ends_with("and 4951 more"));
        assert!(faults.list().iter().all(|fault| !fault.field.contains('\n')));
    }
}
