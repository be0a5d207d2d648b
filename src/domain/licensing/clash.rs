//! Finding conflicts: where clauses and the facts of an offer meet.

use super::{
    conflict::{Conflict, ConflictKind, Fact, Opposite, Side},
    form::Form,
    licence::{Duty, Licence, Obligation},
    origins::{Origins, Weighed},
    reading::Finding,
    standpoint::{Circumstances, IntendedUse, Standpoint},
    verdict::{Certainty, Verdict},
};
use crate::passport::{LicenceExpression, Right};

/// A use together with how the thing is offered.
pub(super) struct Offer<'o> {
    pub(super) origins: &'o Origins<'o>,
    pub(super) intended: IntendedUse,
    pub(super) circumstances: &'o Circumstances,
    pub(super) standpoint: &'o Standpoint<'o>,
}

/// A duty that reaches the thing, and whether that is settled.
struct Reaching<'o> {
    side: Side,
    licence: &'o Licence,
    obligation: &'o Obligation,
    certainty: Certainty,
}

impl Offer<'_> {
    /// Conflicts of the licence of one thing with what is known of the offer.
    pub(super) fn against_facts(&self, thing: &Weighed<'_>) -> Vec<Conflict> {
        let findings = thing.reading.findings.iter().filter_map(|finding| self.forbidden(thing, finding));
        let licences = thing.reading.licences.iter().filter_map(|id| self.standpoint.catalogue.licence(id));
        let of_licence = |licence| [self.unmet_duties(thing, licence), self.crossed_limits(thing, licence)].concat();
        findings.chain(licences.flat_map(of_licence)).collect()
    }

    /// Conflicts that a forbidden right shows.
    fn forbidden(&self, thing: &Weighed<'_>, finding: &Finding) -> Option<Conflict> {
        let (cell, licence) = (finding.cell.as_ref()?, finding.licence.as_ref()?);
        let clause = cell.clause.as_ref().filter(|_| cell.verdict == Verdict::Forbidden)?;
        let (kind, fact) = match finding.demand.right {
            Right::Commercial => (ConflictKind::NonCommercial, Fact::Paid),
            right @ (Right::Distil | Right::Train) => {
                (ConflictKind::OutputTraining, finding.demand.activity.map_or(Fact::Asked(right), Fact::Made))
            }
            _ => return None,
        };
        let this = side(thing, licence, clause, &cell.source);
        Some(Conflict { kind, this, other: Opposite::Fact(fact), certainty: cell.certainty() })
    }

    /// Duties that what is known of the offer does not meet.
    fn unmet_duties(&self, thing: &Weighed<'_>, licence: &Licence) -> Vec<Conflict> {
        let Circumstances { name, files, displayed, .. } = self.circumstances;
        let mut found = Vec::new();
        let mut meet = |kind, clause: &str, fact, certainty| {
            let this = side(thing, &licence.id, clause, &licence.source);
            found.push(Conflict { kind, this, other: Opposite::Fact(fact), certainty });
        };
        if let (Some(duty), true) = (licence.duty(Duty::NoDerivatives), self.hands_over_copies())
            && let Some(certainty) = self.reaches(thing, duty).filter(|_| was_adapted(thing))
        {
            meet(ConflictKind::NoDerivatives, &duty.clause, Fact::SharesAdapted, certainty);
        }
        if let (Some(duty), Some(name), true) = (licence.duty(Duty::Naming), name, self.is_made_available())
            && duty.text.as_ref().is_some_and(|prefix| !begins_with(name, prefix))
            && was_adapted(thing)
        {
            meet(ConflictKind::Naming, &duty.clause, Fact::Name(name.clone()), Certainty::Settled);
        }
        if let (Some(duty), Some(files), true) = (licence.duty(Duty::Notice), files, self.hands_over_copies())
            && let Some(file) = duty.text.as_ref().filter(|file| !files.iter().any(|name| is_file(name, file)))
        {
            meet(ConflictKind::Notice, &duty.clause, Fact::LacksFile(file.clone()), Certainty::Settled);
        }
        if let (Some(duty), Some(shown), true) = (licence.duty(Duty::Display), displayed, self.is_made_available())
            && let Some(text) = duty.text.as_ref().filter(|text| !shown.iter().any(|shown| shown.contains(*text)))
        {
            meet(ConflictKind::Display, &duty.clause, Fact::DoesNotShow(text.clone()), Certainty::Settled);
        }
        found
    }

    /// What a licence takes out, and the offer is.
    fn crossed_limits(&self, thing: &Weighed<'_>, licence: &Licence) -> Vec<Conflict> {
        let Circumstances { monthly_users, purpose, territory, .. } = self.circumstances;
        let meet = |kind, clause: &str, fact| Conflict {
            kind,
            this: side(thing, &licence.id, clause, &licence.source),
            other: Opposite::Fact(fact),
            certainty: Certainty::Settled,
        };
        let threshold = licence.user_threshold.iter().filter_map(|threshold| {
            let users = monthly_users.filter(|users| *users > threshold.most)?;
            Some(meet(ConflictKind::UserThreshold, &threshold.clause, Fact::MonthlyUsers(users)))
        });
        let purposes = licence.limits.purposes.iter().filter(|limit| purpose.as_ref() == Some(&limit.excluded));
        let purposes =
            purposes.map(|limit| meet(ConflictKind::Purpose, &limit.clause, Fact::Purpose(limit.excluded.to_string())));
        let places = licence.limits.territories.iter().filter(|limit| territory.as_ref() == Some(&limit.excluded));
        let places = places
            .map(|limit| meet(ConflictKind::Territory, &limit.clause, Fact::Territory(limit.excluded.to_string())));
        threshold.chain(purposes).chain(places).collect()
    }

    /// Two share-alike licences that do not let the whole pass on under each other, or one and what the thing is offered under.
    pub(super) fn share_alike_clashes(&self, weighed: &[Weighed<'_>]) -> Vec<Conflict> {
        let reaching: Vec<Reaching<'_>> = weighed.iter().flat_map(|thing| self.share_alike(thing)).collect();
        let mut found = Vec::new();
        for (index, one) in reaching.iter().enumerate() {
            for another in reaching.iter().skip(index + 1).filter(|another| !one.may_meet(another)) {
                let mut sides = [&one.side, &another.side];
                sides.sort_by_key(|side| (&side.licence, *side));
                let [this, other] = sides.map(Clone::clone);
                let certainty = one.certainty.max(another.certainty);
                found.push(Conflict {
                    kind: ConflictKind::ShareAlike,
                    this,
                    other: Opposite::Clause(other),
                    certainty,
                });
            }
            if let Some(offered) = self.origins.root.licence.as_ref().filter(|offered| !one.lets_pass(offered)) {
                let (this, other) = (one.side.clone(), Opposite::Fact(Fact::OfferedUnder(offered.clone())));
                found.push(Conflict { kind: ConflictKind::ShareAlike, this, other, certainty: one.certainty });
            }
        }
        found
    }

    fn share_alike<'w>(&'w self, thing: &'w Weighed<'_>) -> impl Iterator<Item = Reaching<'w>> {
        let licences = thing.reading.licences.iter().filter_map(|id| self.standpoint.catalogue.licence(id));
        licences.filter_map(move |licence| {
            let obligation = licence.duty(Duty::ShareAlike)?;
            let over_network = obligation.network.as_ref().filter(|_| self.is_offered_over_network());
            let is_due = self.hands_over_copies() || over_network.is_some();
            let certainty = self.reaches(thing, obligation).filter(|_| is_due)?;
            let clause = over_network.unwrap_or(&obligation.clause);
            let side = side(thing, &licence.id, clause, &licence.source);
            Some(Reaching { side, licence, obligation, certainty })
        })
    }

    /// Whether a duty reaches what was made from the thing, and whether that is settled; nothing where it does not.
    fn reaches(&self, thing: &Weighed<'_>, duty: &Obligation) -> Option<Certainty> {
        let node = &thing.ancestor.node.id;
        if self.origins.reaches(node, &[&duty.spares, &duty.doubtful]) {
            return Some(Certainty::Settled);
        }
        self.origins.reaches(node, &[&duty.spares]).then_some(Certainty::Uncertain)
    }

    fn hands_over_copies(&self) -> bool {
        self.intended.right == Right::Redistribute && matches!(self.intended.form, Form::Raw | Form::Weights)
    }

    fn is_offered_over_network(&self) -> bool {
        matches!(self.intended.right, Right::Serve | Right::Redistribute) && self.intended.form == Form::Service
    }

    fn is_made_available(&self) -> bool {
        self.hands_over_copies() || self.is_offered_over_network()
    }
}

impl Reaching<'_> {
    /// Whether the whole can pass on under one of the two licences.
    fn may_meet(&self, other: &Self) -> bool {
        self.licence.id == other.licence.id || self.names(other.licence) || other.names(self.licence)
    }

    /// Whether it can pass on under what the thing is offered under, every licence of which is asked.
    fn lets_pass(&self, offered: &LicenceExpression) -> bool {
        // INVARIANT: a licence expression is valid by its type; were it not, nothing could pass on under it.
        let Ok(parsed) = spdx::Expression::parse(offered.as_str()) else { return false };
        let is_named = |id: &str| {
            self.licence.names().iter().any(|name| name == id)
                || self.obligation.compatible.iter().any(|name| same(name, id))
        };
        parsed.evaluate(|requirement| is_named(requirement.license.to_string().trim_end_matches('+')))
    }

    fn names(&self, licence: &Licence) -> bool {
        self.obligation.compatible.iter().any(|id| licence.names().contains(id))
    }
}

/// `GPL-3.0-only` stands for `GPL-3.0-or-later`, too, where a text names it as compatible.
fn same(name: &str, id: &str) -> bool {
    let stem = |id: &str| id.trim_end_matches("-only").trim_end_matches("-or-later").to_owned();
    stem(name) == stem(id)
}

/// Whether more than copies and parts of a thing went into what was made.
fn was_adapted(thing: &Weighed<'_>) -> bool {
    thing.reading.findings.iter().any(|finding| finding.demand.altered)
}

fn begins_with(name: &str, prefix: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.to_lowercase().starts_with(&prefix.to_lowercase())
}

/// Whether a file goes by the name that a text prescribes, whatever its case and ending.
fn is_file(path: &str, name: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.split('.').next().unwrap_or(file);
    stem.eq_ignore_ascii_case(name)
}

fn side(thing: &Weighed<'_>, licence: &str, clause: &str, source: &str) -> Side {
    Side {
        node: thing.ancestor.node.id.clone(),
        title: thing.ancestor.node.title.clone(),
        licence: licence.to_owned(),
        clause: clause.to_owned(),
        source: source.to_owned(),
        path: thing.ancestor.path.clone(),
    }
}
