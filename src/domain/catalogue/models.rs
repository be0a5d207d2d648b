//! Looking through registered artifacts of one kind: models, or data sets.

use std::{cmp::Reverse, collections::BTreeSet};

use chancery_base::{
    db::AnyConnection,
    problem::Problem,
    values::{ArtifactKind, Invalid, ModelId, PartyId},
};

use super::{
    Found, PAGE, SEARCHED,
    entering::EVERYBODY,
    rows::{self, Kind},
    words::{is_found, plain},
};
use crate::{
    artifacts::{self, Among, Beyond, ShownModel, VersionStatus},
    documents::codes,
    licensing::Grant,
};

codes! {
    /// Whose models are looked through.
    ModelScope {
        /// All that may be known of.
        Everything = "all",
        /// The party's own.
        Own = "own",
        /// Those that the party was offered a grant on.
        Licensed = "licensed",
    }
}

codes! {
    /// The order of a listing.
    ModelOrder {
        /// By owner and name.
        Name = "name",
        /// The newest first.
        Newest = "newest",
    }
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct ModelQuery {
    /// Models, or data sets.
    pub kind: ArtifactKind,
    /// Beginnings of words of owner and name; all where it says nothing.
    pub words: String,
    /// Whose.
    pub scope: ModelScope,
    /// Only those whose newest version in use has this status.
    pub status: Option<VersionStatus>,
    /// In which order.
    pub order: ModelOrder,
    /// What the page before ended with ([`Found::next`]).
    pub after: Option<String>,
}

impl ModelQuery {
    fn beyond(&self) -> Result<Beyond, Problem> {
        let foreign = |invalid: Invalid| Problem::from(invalid).at("after");
        let after = self.after.as_deref();
        Ok(match self.order {
            ModelOrder::Name => Beyond::Name(after.map(str::parse).transpose().map_err(foreign)?),
            ModelOrder::Newest => Beyond::Newest(after.map(str::parse).transpose().map_err(foreign)?),
        })
    }

    fn statuses(&self) -> Vec<VersionStatus> {
        self.status.map_or_else(|| VersionStatus::ALL.to_vec(), |status| vec![status])
    }
}

/// A page of the models or data sets that `viewer` may know of.
///
/// Errors: a cursor that was not given out here; the database.
pub fn find_models(
    connection: &mut AnyConnection,
    viewer: PartyId,
    query: &ModelQuery,
) -> Result<Found<ShownModel>, Problem> {
    let (sought, beyond) = (plain(&query.words), query.beyond()?);
    let offered = Grant::models_of_licensee(connection, viewer)?;
    if sought.is_empty() {
        // What says nothing finds everything, unless something was said that no name can hold.
        let models = if query.words.trim().is_empty() {
            listed(connection, viewer, query, &beyond, &offered)?
        } else {
            Vec::new()
        };
        return Ok(page(models, query.order, false));
    }
    let (ids, is_cut_short) = searched(connection, viewer, query, &sought)?;
    let candidates: Vec<ModelId> = ids.into_iter().chain(offered.iter().copied()).collect();
    let (viewed, mut models) = (Viewed { viewer, scope: query.scope, offered: &offered }, Vec::new());
    for status in query.statuses() {
        let all = u32::try_from(candidates.len()).unwrap_or(u32::MAX);
        models.extend(artifacts::show_models(connection, query.kind, Among::These(&candidates), status, &beyond, all)?);
    }
    models.retain(|shown| viewed.includes(shown) && is_found(&shown.model.name.to_string(), &sought));
    Ok(page(models, query.order, is_cut_short))
}

/// Who looks, and at what.
struct Viewed<'a> {
    viewer: PartyId,
    scope: ModelScope,
    offered: &'a [ModelId],
}

impl Viewed<'_> {
    fn includes(&self, ShownModel { model, .. }: &ShownModel) -> bool {
        let is_offered = self.offered.contains(&model.id);
        match self.scope {
            ModelScope::Everything => model.is_open_to(self.viewer) || is_offered,
            ModelScope::Own => model.owner == self.viewer,
            ModelScope::Licensed => is_offered,
        }
    }
}

/// One model more than a page holds of each source that makes up what may be known of: each has its index.
fn listed(
    connection: &mut AnyConnection,
    viewer: PartyId,
    query: &ModelQuery,
    beyond: &Beyond,
    offered: &[ModelId],
) -> Result<Vec<ShownModel>, Problem> {
    let sources = match query.scope {
        ModelScope::Everything => vec![Among::Listed, Among::OwnedBy(viewer), Among::These(offered)],
        ModelScope::Own => vec![Among::OwnedBy(viewer)],
        ModelScope::Licensed => vec![Among::These(offered)],
    };
    let mut models = Vec::new();
    for among in sources.into_iter().filter(|among| !matches!(among, Among::These([]))) {
        for status in query.statuses() {
            models.extend(artifacts::show_models(connection, query.kind, among, status, beyond, PAGE + 1)?);
        }
    }
    Ok(models)
}

/// Models that are found by `sought`, the offered ones aside, and whether there may be more.
fn searched(
    connection: &mut AnyConnection,
    viewer: PartyId,
    query: &ModelQuery,
    sought: &str,
) -> Result<(BTreeSet<ModelId>, bool), Problem> {
    let own = viewer.to_string();
    let audiences = match query.scope {
        ModelScope::Everything => vec![EVERYBODY, &own],
        ModelScope::Own => vec![own.as_str()],
        ModelScope::Licensed => Vec::new(),
    };
    let (mut ids, mut is_cut_short) = (BTreeSet::new(), false);
    for audience in audiences {
        let terms = rows::terms_between(connection, Kind::of(query.kind), audience, sought, ("", ""), SEARCHED)?;
        is_cut_short |= u32::try_from(terms.len()).is_ok_and(|count| count >= SEARCHED);
        for (_, subject) in terms {
            ids.insert(subject.parse::<ModelId>()?);
        }
    }
    Ok((ids, is_cut_short))
}

fn page(mut models: Vec<ShownModel>, order: ModelOrder, is_cut_short: bool) -> Found<ShownModel> {
    match order {
        ModelOrder::Name => models.sort_by_key(|shown| shown.model.name.to_string()),
        ModelOrder::Newest => models.sort_by_key(|shown| Reverse(shown.model.id)),
    }
    models.dedup_by_key(|shown| shown.model.id);
    Found::cut(models, is_cut_short, |shown| match order {
        ModelOrder::Name => shown.model.name.to_string(),
        ModelOrder::Newest => shown.model.id.to_string(),
    })
}
