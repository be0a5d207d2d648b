//! Where a version comes from, drawn: what it was made from to the left of it, and the same as text.

use askama::Template;
use chancery_base::values::Standing;
use chancery_domain::{
    passport::lineage::NodeKind,
    serving::{Ancestor, AncestorLink, Ancestry},
};

use super::{
    about::{About, Asked, tag},
    place::ArtifactPlace,
};
use crate::web::{
    blocking,
    call::Answer,
    ui::{frame::Frame, visit::Visit},
};

/// The drawing's own units: boxes, and the room between them.
const BOX_WIDTH: usize = 236;
const BOX_HEIGHT: usize = 56;
const GAP_ACROSS: usize = 130;
const GAP_DOWN: usize = 22;
const MARGIN: usize = 8;
/// Characters of a name that fit into a box, and of what stands below it.
const NAME_CHARACTERS: usize = 26;
const NOTE_CHARACTERS: usize = 34;

#[derive(Template)]
#[template(path = "model/lineage.html")]
struct LineagePage {
    frame: Frame,
    about: About,
    /// `None` where the papers contradict each other.
    drawing: Option<Drawing>,
}

/// A lineage with a place for everything.
struct Drawing {
    width: usize,
    height: usize,
    boxes: Vec<Thing>,
    arrows: Vec<Arrow>,
}

/// A thing in the drawing.
struct Thing {
    x: usize,
    y: usize,
    /// What it is called, whole.
    name: String,
    /// What stands below its name.
    note: String,
    /// Where it leads.
    place: Option<String>,
    /// Its look.
    class: &'static str,
}

/// What was made from what.
struct Arrow {
    path: String,
    /// Where its words stand.
    x: usize,
    y: usize,
    activity: String,
    is_declared: bool,
    child: String,
    parent: String,
    standing: Standing,
    parent_place: Option<String>,
    parent_note: String,
}

impl Thing {
    fn short_name(&self) -> String {
        shortened(&self.name, NAME_CHARACTERS)
    }

    fn short_note(&self) -> String {
        shortened(&self.note, NOTE_CHARACTERS)
    }
}

/// `GET /models/{owner}/{name}/lineage?version=`
pub async fn lineage(visit: Visit, path: ArtifactPlace) -> Answer {
    let Visit { app, caller, frame, fields, .. } = visit;
    let asked = Asked::read(&path, &fields)?;
    let (about, ancestry) = blocking::record(move || {
        let ancestry = app.desk.ancestry(&caller, asked.kind, &asked.reference)?;
        Ok((About::read(&app, &caller, &asked, "lineage")?, ancestry))
    })
    .await?;
    let drawing = ancestry.map(|ancestry| Drawing::of(&frame, &ancestry));
    Visit::show(&LineagePage { frame, about, drawing })
}

impl Drawing {
    fn of(frame: &Frame, ancestry: &Ancestry) -> Self {
        let steps = steps(ancestry);
        let furthest = steps.iter().copied().max().unwrap_or_default();
        let mut filled = vec![0; furthest + 1];
        let mut boxes = Vec::new();
        for (ancestor, step) in ancestry.things.iter().zip(&steps) {
            let row = filled.get_mut(*step).map(|row| std::mem::replace(row, *row + 1)).unwrap_or_default();
            let x = MARGIN + (furthest - step) * (BOX_WIDTH + GAP_ACROSS);
            boxes.push(drawn(frame, ancestor, (x, MARGIN + row * (BOX_HEIGHT + GAP_DOWN)), *step == 0));
        }
        let rows = filled.iter().copied().max().unwrap_or_default();
        let height = 2 * MARGIN + rows * (BOX_HEIGHT + GAP_DOWN) - GAP_DOWN.min(rows * GAP_DOWN);
        centre(&mut boxes, &steps, &filled, rows);
        let arrows = ancestry.links.iter().filter_map(|link| arrow(frame, link, &boxes)).collect();
        Self { width: 2 * MARGIN + (furthest + 1) * BOX_WIDTH + furthest * GAP_ACROSS, height, boxes, arrows }
    }
}

/// How many steps away from the version each thing stands: the most there are, so that every arrow leads to the right.
fn steps(ancestry: &Ancestry) -> Vec<usize> {
    let mut steps = vec![0_usize; ancestry.things.len()];
    // A lineage has no cycle, so that as many rounds as there are things settle every place.
    for _ in 0..steps.len() {
        for AncestorLink { child, parent, .. } in &ancestry.links {
            let beyond = steps.get(*child).map(|step| step + 1).unwrap_or_default();
            if let Some(step) = steps.get_mut(*parent) {
                *step = beyond.max(*step);
            }
        }
    }
    steps
}

/// Moves columns that are shorter than the longest to the middle of it.
fn centre(boxes: &mut [Thing], steps: &[usize], filled: &[usize], rows: usize) {
    for (placed, step) in boxes.iter_mut().zip(steps) {
        let missing = rows - filled.get(*step).copied().unwrap_or(rows).min(rows);
        placed.y += missing * (BOX_HEIGHT + GAP_DOWN) / 2;
    }
}

fn drawn(frame: &Frame, ancestor: &Ancestor, (x, y): (usize, usize), is_self: bool) -> Thing {
    let kind = match ancestor.kind {
        NodeKind::Model => "model",
        NodeKind::Dataset => "dataset",
    };
    let kind_word = frame.named("kind", kind);
    let (name, licence) = match &ancestor.title {
        Some(title) => (title.clone(), ancestor.licence.clone().unwrap_or_else(|| frame.t("licence-unknown"))),
        None => (frame.t("undisclosed"), frame.t("undisclosed-licence")),
    };
    let place = match (&ancestor.version, &ancestor.dataset) {
        (Some(version), _) => {
            let root = ancestor.kind.collection();
            Some(format!("/{root}/{}/lineage?version={}", version.model, version.selector))
        }
        (None, Some(dataset)) => Some(format!("/datasets/{dataset}")),
        (None, None) => None,
    };
    let class = match (is_self, &ancestor.licence, ancestor.kind) {
        (true, ..) => "node-self",
        (false, None, _) => "node-trouble",
        (false, Some(_), NodeKind::Dataset) => "node-data",
        (false, Some(_), NodeKind::Model) => "",
    };
    let note =
        if is_self { format!("{} · {licence}", frame.t("this-version")) } else { format!("{kind_word} · {licence}") };
    Thing { x, y, name, note, place: place.filter(|_| !is_self), class }
}

fn arrow(frame: &Frame, link: &AncestorLink, boxes: &[Thing]) -> Option<Arrow> {
    let (child, parent) = (boxes.get(link.child)?, boxes.get(link.parent)?);
    let (from, to) = ((parent.x + BOX_WIDTH, parent.y + BOX_HEIGHT / 2), (child.x, child.y + BOX_HEIGHT / 2));
    let bend = GAP_ACROSS / 2;
    let path = format!(
        "M{} {}C{} {} {} {} {} {}",
        from.0,
        from.1,
        from.0 + bend,
        from.1,
        to.0.saturating_sub(bend),
        to.1,
        to.0,
        to.1
    );
    Some(Arrow {
        path,
        x: from.0 + MARGIN,
        y: from.1.saturating_sub(MARGIN),
        activity: frame.named("activity", link.activity),
        is_declared: link.standing != Standing::Observed,
        child: child.name.clone(),
        parent: parent.name.clone(),
        standing: link.standing,
        parent_place: parent.place.clone(),
        parent_note: parent.note.clone(),
    })
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use chancery_domain::passport::Activity;

    use super::*;

    fn thing(title: Option<&str>) -> Ancestor {
        let title = title.map(str::to_owned);
        Ancestor { kind: NodeKind::Model, title, licence: None, version: None, dataset: None }
    }

    #[test]
    fn every_arrow_leads_to_the_right_and_nothing_leaves_the_drawing() {
        let frame = Frame::of(&TestRequest::get().uri("/").to_http_request(), String::new());
        let link =
            |child, parent| AncestorLink { child, parent, activity: Activity::Merge, standing: Standing::Declared };
        let things = vec![thing(Some("a")), thing(Some(&"long".repeat(30))), thing(None), thing(Some("d"))];
        let ancestry = Ancestry { things, links: vec![link(0, 1), link(0, 2), link(1, 2), link(2, 3)] };
        assert_eq!(steps(&ancestry), [0, 1, 2, 3]);
        let drawing = Drawing::of(&frame, &ancestry);
        for placed in &drawing.boxes {
            assert!(placed.x + BOX_WIDTH <= drawing.width && placed.y + BOX_HEIGHT <= drawing.height);
            assert!(placed.short_name().chars().count() <= NAME_CHARACTERS);
        }
        assert_eq!(drawing.arrows.len(), 4);
        assert!(!format!("{:?}", drawing.boxes.iter().map(|placed| &placed.name).collect::<Vec<_>>()).contains("None"));
        let alone = Drawing::of(&frame, &Ancestry { things: vec![thing(Some("a"))], links: Vec::new() });
        assert_eq!((alone.width, alone.height), (BOX_WIDTH + 2 * MARGIN, BOX_HEIGHT + 2 * MARGIN));
    }
}
