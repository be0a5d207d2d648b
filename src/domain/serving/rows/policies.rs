//! Rows of policy sets, the one that says which of them is in force, and every activation with the modes it changed.

use std::collections::BTreeMap;

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{LeafId, PartyId, Sha256Digest, Slug, UnixMillis},
};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};

use crate::{parties, policy::RuleMode};

diesel::table! {
    policy_sets (digest) {
        digest -> Text,
        sources -> Text,
        activated_at -> BigInt,
    }
}

diesel::table! {
    policy_in_force (slot) {
        slot -> Integer,
        digest -> Text,
    }
}

diesel::table! {
    policy_activations (number) {
        number -> BigInt,
        digest -> Text,
        origin -> Text,
        party_id -> Nullable<Text>,
        leaf_id -> Text,
        activated_at -> BigInt,
    }
}

diesel::table! {
    rule_modes (rule, activation) {
        rule -> Text,
        activation -> BigInt,
        mode -> Text,
    }
}

/// The only row of its table.
const SLOT: i32 = 1;
/// Stands for the mode of a rule that the set no longer holds.
const ABSENT: &str = "absent";

/// Whose texts are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Those a server is started with; a server that is started with others puts those in force.
    Server,
    /// Those that an operator activated; they outlive a restart.
    Operator,
}

impl Origin {
    /// The origin as records name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Operator => "operator",
        }
    }

    fn read(text: &str) -> Result<Self, Error> {
        let origin = [Self::Server, Self::Operator].into_iter().find(|origin| origin.name() == text);
        origin.ok_or_else(|| Error::Other(format!("`{text}` is no origin of a policy set")))
    }
}

/// A policy set that came into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// Its place among all activations, from 1.
    pub number: u64,
    /// Digest of the set.
    pub digest: Sha256Digest,
    /// Whose texts they are.
    pub origin: Origin,
    /// Who did it; `None` for a server that started.
    pub by: Option<PartyId>,
    /// The leaf of the act in the audit log.
    pub leaf: LeafId,
    /// When.
    pub activated_at: UnixMillis,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = policy_activations)]
struct ActivationRow {
    number: i64,
    digest: String,
    origin: String,
    party_id: Option<String>,
    leaf_id: String,
    activated_at: i64,
}

impl TryFrom<ActivationRow> for Activation {
    type Error = Error;

    fn try_from(row: ActivationRow) -> Result<Self, Error> {
        Ok(Self {
            number: u64::try_from(row.number).map_err(|_| Error::Other("an activation has no number".to_owned()))?,
            digest: row.digest.parse()?,
            origin: Origin::read(&row.origin)?,
            by: row.party_id.as_deref().map(str::parse).transpose()?,
            leaf: row.leaf_id.parse()?,
            activated_at: UnixMillis::new(row.activated_at),
        })
    }
}

/// A rule's mode, and what gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serving) struct StandingMode {
    /// `None` for a rule that the set no longer holds.
    pub mode: Option<RuleMode>,
    pub since: UnixMillis,
    /// `None` for a server that started.
    pub by: Option<Slug>,
}

/// Keeps a policy set, if it is not kept already.
pub(in crate::serving) fn keep_policy_set(
    tx: &mut Tx<'_>,
    digest: Sha256Digest,
    sources: &str,
    now: UnixMillis,
) -> Result<(), Error> {
    if find_policy_set(tx, digest)?.is_none() {
        diesel::insert_into(policy_sets::table)
            .values((
                policy_sets::digest.eq(digest.to_string()),
                policy_sets::sources.eq(sources),
                policy_sets::activated_at.eq(now.as_millis()),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// The sources of a policy set that was in force once.
pub(in crate::serving) fn find_policy_set(
    connection: &mut AnyConnection,
    digest: Sha256Digest,
) -> Result<Option<String>, Error> {
    let row = policy_sets::table.find(digest.to_string()).select(policy_sets::sources).first(connection);
    Ok(row.optional()?)
}

/// Digest of the policy set in force; `None` before the first start.
pub(in crate::serving) fn policy_in_force(connection: &mut AnyConnection) -> Result<Option<Sha256Digest>, Error> {
    let digest: Option<String> =
        policy_in_force::table.find(SLOT).select(policy_in_force::digest).first(connection).optional()?;
    Ok(digest.map(|digest| digest.parse()).transpose()?)
}

/// Puts a policy set in force that is kept.
pub(in crate::serving) fn put_policy_in_force(tx: &mut Tx<'_>, digest: Sha256Digest) -> Result<(), Error> {
    let digest = policy_in_force::digest.eq(digest.to_string());
    if diesel::update(policy_in_force::table.find(SLOT)).set(digest.clone()).execute(&mut **tx)? == 0 {
        diesel::insert_into(policy_in_force::table)
            .values((policy_in_force::slot.eq(SLOT), digest))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// The activation that counts; `None` before the first start.
pub(in crate::serving) fn latest_activation(connection: &mut AnyConnection) -> Result<Option<Activation>, Error> {
    Ok(activations_before(connection, None, 1)?.pop())
}

/// One activation.
pub(in crate::serving) fn find_activation(
    connection: &mut AnyConnection,
    number: u64,
) -> Result<Option<Activation>, Error> {
    let number = as_column(number)?;
    let row = policy_activations::table.find(number).select(ActivationRow::as_select()).first(connection).optional()?;
    row.map(Activation::try_from).transpose()
}

/// The latest activations that came before that of number `before`, latest first.
pub(in crate::serving) fn activations_before(
    connection: &mut AnyConnection,
    before: Option<u64>,
    most: u32,
) -> Result<Vec<Activation>, Error> {
    let before = before.map_or(Ok(i64::MAX), as_column)?;
    let earlier = policy_activations::table.filter(policy_activations::number.lt(before));
    let rows = earlier.order(policy_activations::number.desc()).limit(i64::from(most));
    let rows = rows.select(ActivationRow::as_select()).load(connection)?;
    rows.into_iter().map(Activation::try_from).collect()
}

/// Writes an activation, with the modes in which rules are from now on: those that differ from before are kept.
pub(in crate::serving) fn insert_activation(
    tx: &mut Tx<'_>,
    activation: &Activation,
    modes: &BTreeMap<String, RuleMode>,
) -> Result<(), Error> {
    let before = standing_modes(tx, activation.number)?;
    let row = ActivationRow {
        number: as_column(activation.number)?,
        digest: activation.digest.to_string(),
        origin: activation.origin.name().to_owned(),
        party_id: activation.by.map(|party| party.to_string()),
        leaf_id: activation.leaf.to_string(),
        activated_at: activation.activated_at.as_millis(),
    };
    let number = row.number;
    diesel::insert_into(policy_activations::table).values(row).execute(&mut **tx)?;
    let gone = before.keys().filter(|rule| !modes.contains_key(*rule)).map(|rule| (rule, None));
    for (rule, mode) in modes.iter().map(|(rule, mode)| (rule, Some(*mode))).chain(gone) {
        if before.get(rule).and_then(|before| before.mode) == mode {
            continue;
        }
        diesel::insert_into(rule_modes::table)
            .values((
                rule_modes::rule.eq(rule),
                rule_modes::activation.eq(number),
                rule_modes::mode.eq(mode.map_or(ABSENT, RuleMode::name)),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// The mode of every rule that ever was in a set, as activation `number` left it.
pub(in crate::serving) fn standing_modes(
    connection: &mut AnyConnection,
    number: u64,
) -> Result<BTreeMap<String, StandingMode>, Error> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        rule: String,
        #[diesel(sql_type = Text)]
        mode: String,
        #[diesel(sql_type = BigInt)]
        activated_at: i64,
        #[diesel(sql_type = Nullable<Text>)]
        slug: Option<String>,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT m.rule, m.mode, a.activated_at, p.slug FROM rule_modes m \
         JOIN policy_activations a ON a.number = m.activation LEFT JOIN parties p ON p.id = a.party_id \
         WHERE m.activation = (SELECT MAX(l.activation) FROM rule_modes l WHERE l.rule = m.rule AND l.activation <= $1)",
    )
    .bind::<BigInt, _>(as_column(number)?)
    .load(connection)?;
    let standing = |row: Row| {
        let (mode, by) = (read_mode(&row.mode)?, row.slug.as_deref().map(str::parse).transpose()?);
        Ok((row.rule, StandingMode { mode, since: UnixMillis::new(row.activated_at), by }))
    };
    rows.into_iter().map(standing).collect()
}

/// The rules that ever were in shadow, by name.
pub(in crate::serving) fn rules_ever_in_shadow(connection: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let shadow = rule_modes::table.filter(rule_modes::mode.eq(RuleMode::Shadow.name()));
    Ok(shadow.select(rule_modes::rule).distinct().order(rule_modes::rule).load(connection)?)
}

/// The modes that one activation changed, by rule; `None` where it took the rule away.
pub(in crate::serving) fn changed_modes(
    connection: &mut AnyConnection,
    number: u64,
) -> Result<BTreeMap<String, Option<RuleMode>>, Error> {
    let changed = rule_modes::table.filter(rule_modes::activation.eq(as_column(number)?));
    let rows: Vec<(String, String)> = changed.select((rule_modes::rule, rule_modes::mode)).load(connection)?;
    rows.into_iter().map(|(rule, mode)| Ok((rule, read_mode(&mode)?))).collect()
}

/// The name of whoever activated a set.
pub(in crate::serving) fn activated_by(
    connection: &mut AnyConnection,
    activation: &Activation,
) -> Result<Option<Slug>, Error> {
    let party = activation.by.map(|party| parties::find_party(connection, party)).transpose()?;
    Ok(party.flatten().map(|party| party.slug))
}

fn read_mode(text: &str) -> Result<Option<RuleMode>, Error> {
    if text == ABSENT { Ok(None) } else { Ok(Some(text.parse()?)) }
}

fn as_column(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Other("no activation has so high a number".to_owned()))
}
