//! Rows of models as listings show them.

use chancery_base::{
    db::{AnyConnection, Error, Tx},
    values::{ArtifactKind, ModelId},
};
use diesel::prelude::*;

use super::{
    columns,
    models::{ModelRow, models},
};
use crate::artifacts::{Among, Beyond, Headline, Model, ShownModel, VersionStatus, Visibility};

/// Status, number, summary and licence.
type HeadlineRow = (String, i32, String, String);
const HEADLINE: (models::status, models::newest_number, models::summary, models::licence) =
    (models::status, models::newest_number, models::summary, models::licence);

fn shown((row, (status, number, summary, licence)): (ModelRow, HeadlineRow)) -> Result<ShownModel, Error> {
    let headline = Headline { status: status.parse()?, number: columns::to_number(number)?, summary, licence };
    Ok(ShownModel { model: row.try_into()?, headline })
}

/// Writes what listings show of `model`.
pub fn set_headline(tx: &mut Tx<'_>, model: &Model, headline: &Headline) -> Result<(), Error> {
    let changed = diesel::update(models::table.find(model.id.to_string()))
        .set((
            models::full_name.eq(model.name.to_string()),
            models::status.eq(headline.status.code()),
            models::newest_number.eq(columns::from_number(headline.number)?),
            models::summary.eq(&headline.summary),
            models::licence.eq(&headline.licence),
        ))
        .execute(&mut **tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// At most `limit` models of which nothing is shown yet.
pub fn models_without_headline(connection: &mut AnyConnection, limit: u32) -> Result<Vec<ModelId>, Error> {
    let ids: Vec<String> =
        models::table.filter(models::full_name.eq("")).limit(limit.into()).select(models::id).load(connection)?;
    ids.iter().map(|id| Ok(id.parse()?)).collect()
}

/// At most `limit` artifacts of one kind and status, in order.
pub fn show_models(
    connection: &mut AnyConnection,
    kind: ArtifactKind,
    among: Among<'_>,
    status: VersionStatus,
    beyond: &Beyond,
    limit: u32,
) -> Result<Vec<ShownModel>, Error> {
    let mut page = models::table
        .filter(models::kind.eq(kind.code()))
        .filter(models::status.eq(status.code()))
        .limit(limit.into())
        .select((ModelRow::as_select(), HEADLINE))
        .into_boxed();
    page = match among {
        Among::Listed => page.filter(models::visibility.eq(Visibility::Listed.code())),
        Among::OwnedBy(party) => page.filter(models::owner_id.eq(party.to_string())),
        Among::These(ids) => page.filter(models::id.eq_any(ids.iter().map(ToString::to_string).collect::<Vec<_>>())),
    };
    page = match beyond {
        Beyond::Name(after) => {
            let after = after.as_ref().map(ToString::to_string).unwrap_or_default();
            page.filter(models::full_name.gt(after)).order(models::full_name)
        }
        Beyond::Newest(None) => page.order(models::id.desc()),
        Beyond::Newest(Some(before)) => page.filter(models::id.lt(before.to_string())).order(models::id.desc()),
    };
    page.load(connection)?.into_iter().map(shown).collect()
}
