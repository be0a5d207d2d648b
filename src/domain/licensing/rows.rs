//! Rows of grants and quotas.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{GrantId, ModelId, PartyId, Sha256Digest, TokenCount, UnixMillis},
};
use diesel::prelude::*;

use super::{
    grant::{Grant, GrantStatus, HeldGrant},
    quota::QuotaState,
    terms::Terms,
};

diesel::table! {
    grants (id) {
        id -> Text,
        model_id -> Text,
        licensor_id -> Text,
        licensee_id -> Text,
        terms -> Text,
        terms_digest -> Text,
        status -> Text,
        acceptance -> Nullable<Text>,
        offered_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        epoch -> BigInt,
        ends_at -> Nullable<BigInt>,
        revocation_reason -> Nullable<Text>,
    }
}

diesel::table! {
    quotas (grant_id) {
        grant_id -> Text,
        quota_tokens -> BigInt,
        settled_tokens -> BigInt,
        leased_tokens -> BigInt,
        low_told_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    quota_leases (grant_id, holder) {
        grant_id -> Text,
        holder -> Text,
        outstanding_tokens -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::joinable!(quotas -> grants (grant_id));
diesel::allow_tables_to_appear_in_same_query!(grants, quotas);

/// Granted, settled and leased tokens.
type QuotaRow = (i64, i64, i64);
type QuotaColumns = (quotas::quota_tokens, quotas::settled_tokens, quotas::leased_tokens);
const QUOTA: QuotaColumns = (quotas::quota_tokens, quotas::settled_tokens, quotas::leased_tokens);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = grants)]
pub(super) struct GrantRow {
    id: String,
    model_id: String,
    licensor_id: String,
    licensee_id: String,
    terms: String,
    terms_digest: String,
    status: String,
    acceptance: Option<String>,
    offered_at: i64,
    accepted_at: Option<i64>,
    revoked_at: Option<i64>,
    epoch: i64,
    ends_at: Option<i64>,
    revocation_reason: Option<String>,
}

impl GrantRow {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) const fn ends_at(&self) -> Option<i64> {
        self.ends_at
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = Error;

    fn try_from(row: GrantRow) -> Result<Self, Error> {
        let terms: Terms = serde_json::from_str(&row.terms).map_err(|error| Error::Corrupt(error.to_string()))?;
        Ok(Self {
            id: row.id.parse()?,
            model: row.model_id.parse()?,
            licensor: row.licensor_id.parse()?,
            licensee: row.licensee_id.parse()?,
            terms,
            terms_digest: row.terms_digest.parse()?,
            status: row.status.parse()?,
            acceptance: row.acceptance,
            offered_at: UnixMillis::new(row.offered_at),
            accepted_at: row.accepted_at.map(UnixMillis::new),
            revoked_at: row.revoked_at.map(UnixMillis::new),
            revocation_reason: row.revocation_reason,
            epoch: row.epoch,
        })
    }
}

/// Adds an offered grant and, where its terms set one, its quota.
pub(super) fn insert(tx: &mut Tx<'_>, grant: &Grant, terms_json: &str) -> Result<(), Error> {
    let row = GrantRow {
        id: grant.id.to_string(),
        model_id: grant.model.to_string(),
        licensor_id: grant.licensor.to_string(),
        licensee_id: grant.licensee.to_string(),
        terms: terms_json.to_owned(),
        terms_digest: grant.terms_digest.to_string(),
        status: grant.status.to_string(),
        acceptance: None,
        offered_at: grant.offered_at.as_millis(),
        accepted_at: None,
        revoked_at: None,
        epoch: grant.epoch,
        ends_at: grant.terms.term.end.map(UnixMillis::as_millis),
        revocation_reason: None,
    };
    diesel::insert_into(grants::table).values(row).execute(&mut **tx)?;
    if let Some(quota) = grant.terms.quota_tokens {
        diesel::insert_into(quotas::table)
            .values((
                quotas::grant_id.eq(grant.id.to_string()),
                quotas::quota_tokens.eq(signed(quota)?),
                quotas::settled_tokens.eq(0),
                quotas::leased_tokens.eq(0),
            ))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// One grant, whoever it belongs to: the caller checks that it may see it.
pub(super) fn find(connection: &mut AnyConnection, id: GrantId) -> Result<Option<Grant>, Error> {
    let row = grants::table.find(id.to_string()).select(GrantRow::as_select()).first(connection).optional()?;
    row.map(Grant::try_from).transpose()
}

/// Grants of a licensee on a model with their quotas, oldest first: the fixed order in which judgement tries them.
pub(super) fn held(connection: &mut AnyConnection, licensee: PartyId, model: ModelId) -> Result<Vec<HeldGrant>, Error> {
    let rows: Vec<(GrantRow, Option<QuotaRow>)> = grants::table
        .left_join(quotas::table)
        .filter(grants::licensee_id.eq(licensee.to_string()).and(grants::model_id.eq(model.to_string())))
        .order(grants::id)
        .select((GrantRow::as_select(), QUOTA.nullable()))
        .load(connection)?;
    rows.into_iter()
        .map(|(grant, quota)| {
            let row_digest = row_digest(&grant, quota);
            Ok(HeldGrant { grant: grant.try_into()?, quota: quota.map(quota_state).transpose()?, row_digest })
        })
        .collect()
}

/// Digest of what an accepted grant is verified by.
fn row_digest(grant: &GrantRow, quota: Option<QuotaRow>) -> Sha256Digest {
    let GrantRow { id, model_id, licensor_id, licensee_id, terms, terms_digest, acceptance, .. } = grant;
    let (acceptance, quota) = (acceptance.as_deref(), quota.map(|(tokens, ..)| tokens.to_string()));
    let optional = [acceptance, quota.as_deref()].map(Option::unwrap_or_default);
    let parts = [id, model_id, licensor_id, licensee_id, terms, terms_digest].map(String::as_str);
    Sha256Digest::of_parts(parts.into_iter().chain(optional).map(str::as_bytes))
}

/// At most `limit` grants on `model`, of one licensee or of all, newest first, older than `before`.
pub(super) fn on_model(
    connection: &mut AnyConnection,
    model: ModelId,
    licensee: Option<PartyId>,
    before: Option<GrantId>,
    limit: u32,
) -> Result<Vec<Grant>, Error> {
    let mut page = grants::table
        .filter(grants::model_id.eq(model.to_string()))
        .order(grants::id.desc())
        .limit(limit.into())
        .select(GrantRow::as_select())
        .into_boxed();
    if let Some(licensee) = licensee {
        page = page.filter(grants::licensee_id.eq(licensee.to_string()));
    }
    if let Some(before) = before {
        page = page.filter(grants::id.lt(before.to_string()));
    }
    page.load::<GrantRow>(connection)?.into_iter().map(Grant::try_from).collect()
}

/// Whether `licensee` holds an offer or a grant on `model`.
pub(super) fn was_offered(connection: &mut AnyConnection, licensee: PartyId, model: ModelId) -> Result<bool, Error> {
    let held =
        grants::table.filter(grants::licensee_id.eq(licensee.to_string()).and(grants::model_id.eq(model.to_string())));
    Ok(diesel::select(diesel::dsl::exists(held)).get_result(connection)?)
}

/// Models on which `licensee` holds an offer or a grant, and may therefore see.
pub(super) fn models_of_licensee(connection: &mut AnyConnection, licensee: PartyId) -> Result<Vec<ModelId>, Error> {
    let ids: Vec<String> = grants::table
        .filter(grants::licensee_id.eq(licensee.to_string()))
        .select(grants::model_id)
        .distinct()
        .load(connection)?;
    ids.iter().map(|id| id.parse().map_err(Error::from)).collect()
}

/// Marks an offer accepted; `false` when it is no longer an offer.
pub(super) fn accept(tx: &mut Tx<'_>, id: GrantId, acceptance: &str, now: UnixMillis) -> Result<bool, Error> {
    let offered =
        grants::table.filter(grants::id.eq(id.to_string()).and(grants::status.eq(GrantStatus::Offered.as_str())));
    let changed = diesel::update(offered)
        .set((
            grants::status.eq(GrantStatus::Accepted.as_str()),
            grants::acceptance.eq(acceptance),
            grants::accepted_at.eq(now.as_millis()),
            grants::epoch.eq(grants::epoch + 1),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// Marks an offer declined; `false` when it is no longer an offer.
pub(super) fn decline(tx: &mut Tx<'_>, id: GrantId, reason: &str, now: UnixMillis) -> Result<bool, Error> {
    end(tx, id, &[GrantStatus::Offered], GrantStatus::Declined, reason, now)
}

/// Marks a grant revoked; `false` when it already ended so.
pub(super) fn revoke(tx: &mut Tx<'_>, id: GrantId, reason: &str, now: UnixMillis) -> Result<bool, Error> {
    end(tx, id, &[GrantStatus::Offered, GrantStatus::Accepted], GrantStatus::Revoked, reason, now)
}

/// Ends a grant that stands in one of these ways; `false` when it does not.
fn end(
    tx: &mut Tx<'_>,
    id: GrantId,
    from: &[GrantStatus],
    to: GrantStatus,
    reason: &str,
    now: UnixMillis,
) -> Result<bool, Error> {
    let from = from.iter().map(|status| status.as_str());
    let standing = grants::table.filter(grants::id.eq(id.to_string()).and(grants::status.eq_any(from)));
    let changed = diesel::update(standing)
        .set((
            grants::status.eq(to.as_str()),
            grants::revoked_at.eq(now.as_millis()),
            grants::revocation_reason.eq(reason),
            grants::epoch.eq(grants::epoch + 1),
        ))
        .execute(&mut **tx)?;
    Ok(changed == 1)
}

/// The grant's epoch, which moves at each change of its state.
pub(super) fn epoch(connection: &mut AnyConnection, id: GrantId) -> Result<Option<i64>, Error> {
    Ok(grants::table.find(id.to_string()).select(grants::epoch).first(connection).optional()?)
}

pub(super) fn quota(connection: &mut AnyConnection, grant: GrantId) -> Result<Option<QuotaState>, Error> {
    let row = quotas::table.find(grant.to_string()).select(QUOTA).first(connection).optional()?;
    row.map(quota_state).transpose()
}

fn quota_state((quota, settled, leased): QuotaRow) -> Result<QuotaState, Error> {
    Ok(QuotaState { quota: unsigned(quota)?, settled: unsigned(settled)?, leased: unsigned(leased)? })
}

/// Sets tokens aside for `holder`; `false` when the quota no longer holds them.
pub(super) fn lease(
    tx: &mut Tx<'_>,
    grant: GrantId,
    holder: &str,
    tokens: TokenCount,
    expires_at: UnixMillis,
) -> Result<bool, Error> {
    let tokens = signed(tokens)?;
    let roomy = quotas::table
        .find(grant.to_string())
        .filter((quotas::settled_tokens + quotas::leased_tokens + tokens).le(quotas::quota_tokens));
    let taken =
        diesel::update(roomy).set(quotas::leased_tokens.eq(quotas::leased_tokens + tokens)).execute(&mut **tx)?;
    if taken == 0 {
        return Ok(false);
    }
    let widened = diesel::update(quota_leases::table.find((grant.to_string(), holder)))
        .set((
            quota_leases::outstanding_tokens.eq(quota_leases::outstanding_tokens + tokens),
            quota_leases::expires_at.eq(expires_at.as_millis()),
        ))
        .execute(&mut **tx)?;
    if widened == 0 {
        diesel::insert_into(quota_leases::table)
            .values((
                quota_leases::grant_id.eq(grant.to_string()),
                quota_leases::holder.eq(holder),
                quota_leases::outstanding_tokens.eq(tokens),
                quota_leases::expires_at.eq(expires_at.as_millis()),
            ))
            .execute(&mut **tx)?;
    }
    Ok(true)
}

/// Makes other transactions that touch this quota wait until this one ends. A quota's row is always touched before its
/// leases, so that two transactions never wait for each other.
pub(super) fn lock_quota(tx: &mut Tx<'_>, grant: GrantId) -> Result<(), Error> {
    diesel::update(quotas::table.find(grant.to_string()))
        .set(quotas::leased_tokens.eq(quotas::leased_tokens))
        .execute(&mut **tx)?;
    Ok(())
}

/// Moves tokens from leased to settled; `false` when the lease is gone, and then the transaction must not commit.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    grant: GrantId,
    holder: &str,
    tokens: TokenCount,
    expires_at: UnixMillis,
) -> Result<bool, Error> {
    let tokens = signed(tokens)?;
    let settled = diesel::update(quotas::table.find(grant.to_string()))
        .set((
            quotas::settled_tokens.eq(quotas::settled_tokens + tokens),
            quotas::leased_tokens.eq(quotas::leased_tokens - tokens),
        ))
        .execute(&mut **tx)?;
    let lease =
        quota_leases::table.find((grant.to_string(), holder)).filter(quota_leases::outstanding_tokens.ge(tokens));
    let spent = diesel::update(lease)
        .set((
            quota_leases::outstanding_tokens.eq(quota_leases::outstanding_tokens - tokens),
            quota_leases::expires_at.eq(expires_at.as_millis()),
        ))
        .execute(&mut **tx)?;
    Ok(settled == 1 && spent == 1)
}

/// Gives back what expired leases of `grant` hold.
pub(super) fn reclaim_leases(tx: &mut Tx<'_>, grant: GrantId, now: UnixMillis) -> Result<(), Error> {
    let expired = quota_leases::table
        .filter(quota_leases::grant_id.eq(grant.to_string()).and(quota_leases::expires_at.lt(now.as_millis())));
    let holders: Vec<(String, i64)> =
        expired.select((quota_leases::holder, quota_leases::outstanding_tokens)).load(&mut **tx)?;
    for (holder, outstanding) in holders {
        // Only who deletes the lease gives its tokens back, so that two processes do not do it both.
        let deleted = diesel::delete(quota_leases::table.find((grant.to_string(), holder)))
            .filter(quota_leases::expires_at.lt(now.as_millis()))
            .execute(&mut **tx)?;
        if deleted == 1 {
            diesel::update(quotas::table.find(grant.to_string()))
                .set(quotas::leased_tokens.eq(quotas::leased_tokens - outstanding))
                .execute(&mut **tx)?;
        }
    }
    Ok(())
}

/// Gives back what all leases hold.
pub(super) fn reclaim_all_leases(tx: &mut Tx<'_>) -> Result<(), Error> {
    diesel::delete(quota_leases::table).execute(&mut **tx)?;
    diesel::update(quotas::table).set(quotas::leased_tokens.eq(0)).execute(&mut **tx)?;
    Ok(())
}

fn signed(tokens: TokenCount) -> Result<i64, Error> {
    i64::try_from(tokens.0).map_err(|_| Error::Other("token count beyond what the database holds".to_owned()))
}

fn unsigned(tokens: i64) -> Result<TokenCount, Error> {
    u64::try_from(tokens).map(TokenCount).map_err(|_| Error::Corrupt("negative token count".to_owned()))
}
