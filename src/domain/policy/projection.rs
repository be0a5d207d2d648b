//! Facts as Cedar sees them: three entities and a context, built with the typed API.
//!
//! The shape is `policies/schema.cedarschema`. An unknown fact is an absent attribute, which strict validation makes every
//! rule test for before reading. Whether a schema fits is found out once, at activation, on two specimens: the code below
//! gives each attribute one type, so nothing is left to check on every decision.

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression, Schema,
};
use chancery_base::values::{TokenCount, UnixMillis};

use super::{
    about::{About, holds},
    facts::{
        Action, Facts, GrantFacts, GrantStatus, LicenceCause, LicenceEffect, LicenceFacts, ModelFacts, ModelStatus,
        Payment, Quota, Scope, Signature, Stated, Visibility,
    },
    specimen,
};

/// Facts that do not fit the schema, or numbers that do not fit Cedar's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("facts do not fit the schema: {0}")]
pub(super) struct Unjudgeable(String);

impl Unjudgeable {
    fn new(cause: impl ToString) -> Self {
        Self(cause.to_string())
    }
}

type Attributes = Vec<(&'static str, RestrictedExpression)>;

/// What Cedar is asked, in parts.
struct Projected {
    principal: EntityUid,
    action: EntityUid,
    resource: EntityUid,
    context: Context,
    entities: Vec<Entity>,
}

/// Names of the schema's entity types, parsed once for each rule set.
#[derive(Debug)]
pub(super) struct Projection {
    party: EntityTypeName,
    model: EntityTypeName,
    grant: EntityTypeName,
    action: EntityTypeName,
}

impl Projection {
    /// Prepares projections.
    ///
    /// Errors when the schema does not fit what is projected.
    pub(super) fn new(schema: &Schema) -> Result<Self, Unjudgeable> {
        let name = |name: &str| name.parse().map_err(Unjudgeable::new);
        let projection =
            Self { party: name("Party")?, model: name("Model")?, grant: name("Grant")?, action: name("Action")? };
        for facts in specimen::all().map_err(Unjudgeable::new)? {
            let Projected { principal, action, resource, context, entities } = projection.project(&facts)?;
            Request::new(principal, action, resource, context, Some(schema)).map_err(Unjudgeable::new)?;
            Entities::from_entities(entities, Some(schema)).map_err(Unjudgeable::new)?;
        }
        Ok(projection)
    }

    /// The request and entities for one decision.
    pub(super) fn request(&self, facts: &Facts) -> Result<(Request, Entities), Unjudgeable> {
        let Projected { principal, action, resource, context, entities } = self.project(facts)?;
        let request = Request::new(principal, action, resource, context, None).map_err(Unjudgeable::new)?;
        Ok((request, Entities::from_entities(entities, None).map_err(Unjudgeable::new)?))
    }

    fn project(&self, facts: &Facts) -> Result<Projected, Unjudgeable> {
        let principal = uid(&self.party, facts.caller.party.as_str());
        let resource = uid(&self.model, &facts.model.name.to_string());
        let grant = facts.grant.as_ref().map(|grant| (uid(&self.grant, &grant.id.to_string()), grant));
        let mut entities =
            vec![entity(principal.clone(), Vec::new())?, entity(resource.clone(), model_attributes(facts)?)?];
        if let Some((id, grant)) = &grant {
            entities.push(entity(id.clone(), grant_attributes(grant)?)?);
        }
        let context = Context::from_pairs(owned(circumstances(facts, grant.map(|(id, _)| id))?));
        let context = context.map_err(Unjudgeable::new)?;
        Ok(Projected { principal, action: self.action(facts.action), resource, context, entities })
    }

    fn action(&self, action: Action) -> EntityUid {
        uid(
            &self.action,
            match action {
                Action::Use => "use",
            },
        )
    }
}

fn model_attributes(facts: &Facts) -> Result<Attributes, Unjudgeable> {
    let ModelFacts { version, signature, status, visibility, .. } = &facts.model;
    let signature = match signature {
        Signature::Trusted => "trusted",
        Signature::KeyRevoked => "key-revoked",
        Signature::Untrusted => "untrusted",
    };
    let status = match status {
        ModelStatus::Registered => "registered",
        ModelStatus::Suspended => "suspended",
        ModelStatus::Withdrawn => "withdrawn",
    };
    let visibility = match visibility {
        Visibility::Listed => "listed",
        Visibility::Private => "private",
    };
    let mut attributes = vec![
        ("version", long(i64::from(*version))),
        ("status", string(status)),
        ("visibility", string(visibility)),
        ("signature", string(signature)),
        ("legalDemands", set(holds(facts, true).map(|hold| hold.id.to_string()))),
        ("otherHolds", set(holds(facts, false).map(|hold| hold.id.to_string()))),
    ];
    if let Some(provenance) = &facts.provenance {
        let incomplete = set(provenance.gaps.iter().map(|gap| gap.work.name.clone()));
        attributes.push(("provenance", record(vec![("incomplete", incomplete)])?));
    }
    if facts.privacy.is_some() {
        attributes.push(("privacy", privacy(facts)?));
    }
    if let Some(terms) = &facts.licence {
        attributes.push(("licence", licence(terms)?));
    }
    Ok(attributes)
}

fn privacy(facts: &Facts) -> Result<RestrictedExpression, Unjudgeable> {
    let names = |about: About| set(about.named(facts));
    record(vec![
        ("unclassified", names(About::UnclassifiedWork)),
        ("withoutBasis", names(About::WorkWithoutBasis)),
        ("withoutCondition", names(About::WorkWithoutCondition)),
    ])
}

fn licence(licence: &LicenceFacts) -> Result<RestrictedExpression, Unjudgeable> {
    use LicenceEffect as Effect;
    let causes = &licence.causes;
    let has = |wanted: fn(&Effect) -> bool| boolean(causes.iter().any(|cause| wanted(&cause.effect)));
    record(vec![
        ("forbidden", rights(causes, |effect| matches!(effect, Effect::Forbidden(_)))),
        ("silent", rights(causes, |effect| matches!(effect, Effect::Silent(_)))),
        ("conditional", rights(causes, |effect| matches!(effect, Effect::Conditional { .. }))),
        ("reserved", works(causes, &Effect::Reserved)),
        ("unread", works(causes, &Effect::Unread)),
        ("missing", works(causes, &Effect::Missing)),
        (
            "forbiddenPurposes",
            set(causes.iter().filter_map(|cause| match &cause.effect {
                Effect::PurposeForbidden(purpose) => Some(purpose.to_string()),
                _ => None,
            })),
        ),
        (
            "forbiddenTerritories",
            set(causes.iter().filter_map(|cause| match &cause.effect {
                Effect::TerritoryForbidden(territory) => Some(territory.to_string()),
                _ => None,
            })),
        ),
        ("limitsUse", has(|effect| matches!(effect, Effect::FieldOfUse))),
        ("restsOnPermission", has(|effect| matches!(effect, Effect::Permission { .. }))),
        ("requiresAttribution", has(|effect| matches!(effect, Effect::AttributionRequired(_)))),
    ])
}

/// The rights that causes of one kind are about.
fn rights(causes: &[LicenceCause], wanted: fn(&LicenceEffect) -> bool) -> RestrictedExpression {
    let found = causes.iter().map(|cause| &cause.effect).filter(|effect| wanted(effect));
    set(found.filter_map(LicenceEffect::right).map(|right| right.code().to_owned()))
}

/// The works that causes of one kind are about.
fn works(causes: &[LicenceCause], effect: &LicenceEffect) -> RestrictedExpression {
    set(causes.iter().filter(|cause| cause.effect == *effect).map(|cause| cause.work.name.clone()))
}

fn grant_attributes(grant: &GrantFacts) -> Result<Attributes, Unjudgeable> {
    let status = match grant.status {
        GrantStatus::Offered => "offered",
        GrantStatus::Accepted => "accepted",
        GrantStatus::Revoked => "revoked",
    };
    let payment = match grant.payment {
        Payment::Free => "free",
        Payment::Unrecorded => "unrecorded",
    };
    let (unlimited, remaining) = match grant.quota {
        Quota::Unlimited => (true, 0),
        Quota::Remaining(tokens) => (false, count(tokens)?),
    };
    let versions = only(&grant.versions).iter().map(|version| long(i64::from(*version)));
    Ok(vec![
        ("status", string(status)),
        ("payment", string(payment)),
        ("anyPurpose", boolean(grant.purposes == Scope::Any)),
        ("purposes", set(only(&grant.purposes).iter().map(ToString::to_string))),
        ("anyTerritory", boolean(grant.territories == Scope::Any)),
        ("territories", set(only(&grant.territories).iter().map(ToString::to_string))),
        ("anyVersion", boolean(grant.versions == Scope::Any)),
        ("versions", RestrictedExpression::new_set(versions)),
        ("notBefore", moment(grant.not_before)),
        ("endless", boolean(grant.not_after.is_none())),
        ("notAfter", moment(grant.not_after.unwrap_or(grant.not_before))),
        ("unlimited", boolean(unlimited)),
        ("remainingTokens", long(remaining)),
    ])
}

fn circumstances(facts: &Facts, grant: Option<EntityUid>) -> Result<Attributes, Unjudgeable> {
    let mut attributes = vec![
        ("now", moment(facts.now)),
        ("isOwner", boolean(facts.caller.is_owner)),
        ("estimatedTokens", long(count(facts.request.estimated_tokens)?)),
    ];
    let key = &facts.key;
    let optional = [
        ("purpose", facts.purpose().map(|purpose| purpose.as_str())),
        ("territory", facts.territory().map(|territory| territory.as_str())),
        ("requestPurpose", facts.request.purpose.as_ref().map(|purpose| purpose.as_str())),
        ("requestTerritory", facts.request.territory.as_ref().map(|territory| territory.as_str())),
        ("keyPurpose", key.purpose.as_ref().and_then(Stated::known).map(|purpose| purpose.as_str())),
        ("keyTerritory", key.territory.as_ref().and_then(Stated::known).map(|territory| territory.as_str())),
    ];
    attributes.extend(optional.into_iter().filter_map(|(name, value)| Some((name, string(value?)))));
    attributes.extend(grant.map(|id| ("grant", RestrictedExpression::new_entity_uid(id))));
    Ok(attributes)
}

fn uid(kind: &EntityTypeName, name: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(name))
}

fn entity(id: EntityUid, attributes: Attributes) -> Result<Entity, Unjudgeable> {
    Entity::new_with_tags(id, owned(attributes), [], []).map_err(Unjudgeable::new)
}

fn owned(attributes: Attributes) -> impl Iterator<Item = (String, RestrictedExpression)> {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value))
}

fn record(attributes: Attributes) -> Result<RestrictedExpression, Unjudgeable> {
    RestrictedExpression::new_record(owned(attributes)).map_err(Unjudgeable::new)
}

fn only<T>(scope: &Scope<T>) -> &[T] {
    match scope {
        Scope::Any => &[],
        Scope::Only(values) => values,
    }
}

fn set(values: impl IntoIterator<Item = String>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.into_iter().map(RestrictedExpression::new_string))
}

fn string(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn boolean(value: bool) -> RestrictedExpression {
    RestrictedExpression::new_bool(value)
}

fn long(value: i64) -> RestrictedExpression {
    RestrictedExpression::new_long(value)
}

fn moment(moment: UnixMillis) -> RestrictedExpression {
    long(moment.as_millis())
}

fn count(tokens: TokenCount) -> Result<i64, Unjudgeable> {
    i64::try_from(tokens.0).map_err(|_| Unjudgeable::new(format!("{tokens} tokens are more than can be counted")))
}
