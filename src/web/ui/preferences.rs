//! Language and theme, kept by the browser.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use chancery_base::values::Language;

use super::{
    frame::{LANGUAGE_COOKIE, THEME_COOKIE},
    visit::{Guest, local, see_other},
};
use crate::web::call::Answer;

/// How long a choice is kept.
const KEPT_DAYS: i64 = 365;

/// `POST /preferences`
pub async fn preferences(guest: Guest) -> Answer {
    let mut answer = see_other(&without_language(local(guest.fields.text("back"))));
    let language: Option<Language> = guest.fields.optional("language")?;
    let theme = guest.fields.text("theme");
    let chosen = [
        language.map(|language| (LANGUAGE_COOKIE, language.to_string())),
        Some((THEME_COOKIE, theme.to_owned())).filter(|_| ["auto", "light", "dark"].contains(&theme)),
    ];
    for (name, value) in chosen.into_iter().flatten() {
        let cookie = Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax);
        // INVARIANT: both are visible ASCII.
        let _ = answer.add_cookie(&cookie.max_age(Duration::days(KEPT_DAYS)).finish());
    }
    Ok(answer)
}

/// The address without the language it asks for, which would count more than the one that was chosen.
fn without_language(place: &str) -> String {
    let Some((path, query)) = place.split_once('?') else { return place.to_owned() };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("lang=")).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}
