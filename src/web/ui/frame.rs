//! What every page has around it: language, theme, who is signed in, and the words to say things with.

use std::sync::LazyLock;

use actix_web::HttpRequest;
use chancery_base::values::{ByteCount, Language, UnixMillis};
use chancery_domain::parties::{Caller, Permission, Role};

use super::assets;
use crate::words::{Texts, Words};

/// What the pages say.
pub const TEXTS: Texts = Texts { english: include_str!("locales/en.ftl"), chinese: include_str!("locales/zh.ftl") };

static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::new(TEXTS, Language::English));
static CHINESE: LazyLock<Words> = LazyLock::new(|| Words::new(TEXTS, Language::Chinese));

/// Names of the cookies that keep what somebody prefers.
pub const LANGUAGE_COOKIE: &str = "chancery-language";
pub const THEME_COOKIE: &str = "chancery-theme";

/// The pages' words in `language`.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

/// Who looks at a page.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// What they are called.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// Their organisation's name in addresses.
    pub organisation: String,
    /// What their organisation calls itself.
    pub title: String,
    /// What they may do.
    pub role: Role,
}

/// The frame of one page.
#[derive(Clone)]
pub struct Frame {
    words: &'static Words,
    theme: Option<&'static str>,
    path: String,
    address: String,
    said: Option<String>,
    /// Who looks, where somebody signed in.
    pub viewer: Option<Viewer>,
    /// What forms carry against other sites.
    pub form_token: String,
    /// What a form carries so that sending it twice does it once.
    pub once: String,
}

impl Frame {
    /// The frame of the page that `request` asks for; `once` is fresh randomness.
    pub fn of(request: &HttpRequest, once: String) -> Self {
        let query: Vec<(String, String)> = serde_urlencoded::from_str(request.query_string()).unwrap_or_default();
        let asked = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let said = asked("said").and_then(|said| words(language(request)).text(&format!("said-{said}"), &[]));
        let theme = request.cookie(THEME_COOKIE);
        let address = request.uri().path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
        Self {
            words: words(language(request)),
            theme: theme.and_then(|theme| ["light", "dark"].into_iter().find(|known| *known == theme.value())),
            path: request.path().to_owned(),
            address,
            said,
            viewer: None,
            form_token: String::new(),
            once,
        }
    }

    /// The same for somebody who signed in.
    #[must_use]
    pub fn for_viewer(mut self, caller: &Caller, form_token: String) -> Self {
        self.viewer = caller.person().ok().map(|person| Viewer {
            name: person.name.to_string(),
            email: person.email.to_string(),
            organisation: caller.party.slug.to_string(),
            title: caller.party.title.to_string(),
            role: person.role,
        });
        self.form_token = form_token;
        self
    }

    /// The text of this name.
    pub fn t(&self, id: &str) -> String {
        self.text(id, &[])
    }

    /// The text of this name with a fact.
    pub fn t1(&self, id: &str, name: &'static str, fact: impl ToString) -> String {
        self.text(id, &[(name, fact.to_string())])
    }

    /// The text of this name with two facts.
    pub fn t2(
        &self,
        id: &str,
        first: &'static str,
        one: impl ToString,
        second: &'static str,
        two: impl ToString,
    ) -> String {
        self.text(id, &[(first, one.to_string()), (second, two.to_string())])
    }

    /// The text whose name is put together from a beginning and a code; the code itself where there is none.
    pub fn named(&self, beginning: &str, code: impl ToString) -> String {
        let code = code.to_string();
        self.words.text(&format!("{beginning}-{code}"), &[]).unwrap_or(code)
    }

    fn text(&self, id: &str, facts: &[(&'static str, String)]) -> String {
        self.words.text(id, facts).unwrap_or_else(|| id.to_owned())
    }

    /// The language of the page.
    pub const fn language(&self) -> Language {
        self.words.language()
    }

    /// The language of the page as a tag.
    pub fn lang(&self) -> String {
        self.language().to_string()
    }

    /// The language it is not in, as a tag.
    pub const fn other_lang(&self) -> &'static str {
        match self.language() {
            Language::English => "zh",
            Language::Chinese => "en",
        }
    }

    /// The theme that was chosen; the browser's own where none was.
    pub fn theme(&self) -> &'static str {
        self.theme.unwrap_or("auto")
    }

    /// Where an asset is.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// Path and query of this page, to come back to.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// How the link to `path` is marked: as the page itself, or as where the page belongs, which lies below `path`, or at or below
    /// one of `others`, with spaces between them.
    pub fn current(&self, path: &str, others: &str) -> Option<&'static str> {
        let is_below = |path: &str| self.path == path || (path.len() > 1 && self.path.starts_with(&format!("{path}/")));
        if self.path == path {
            return Some("page");
        }
        others.split(' ').chain([path]).any(is_below).then_some("true")
    }

    /// What was just done, where this page follows it.
    pub fn said(&self) -> Option<&str> {
        self.said.as_deref()
    }

    /// Whether whoever looks may administer their organisation.
    pub fn may_administer(&self) -> bool {
        self.may(Permission::Administer)
    }

    /// Whether whoever looks may run the registry.
    pub fn may_operate(&self) -> bool {
        self.may(Permission::Operate)
    }

    /// Whether whoever looks may approve what others propose.
    pub fn may_approve(&self) -> bool {
        self.may(Permission::Approve)
    }

    /// Whether whoever looks may use models, and ask to.
    pub fn may_use(&self) -> bool {
        self.may(Permission::Use)
    }

    /// Whether whoever looks may export.
    pub fn may_export(&self) -> bool {
        self.may(Permission::Export)
    }

    fn may(&self, permission: Permission) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.role.may(permission))
    }

    /// A moment as people read it: to the minute, in UTC.
    pub fn time(&self, at: &UnixMillis) -> String {
        let text = at.to_string();
        match (text.get(..10), text.get(11..16)) {
            (Some(day), Some(minute)) => format!("{day} {minute} UTC"),
            _ => text,
        }
    }

    /// How long ago a moment was, in the unit that fits.
    pub fn ago(&self, at: &UnixMillis, now: &UnixMillis) -> String {
        let seconds = (now.as_millis() - at.as_millis()).max(0) / UnixMillis::PER_SECOND;
        match seconds {
            0..120 => self.t1("ago-seconds", "count", seconds),
            120..7_200 => self.t1("ago-minutes", "count", seconds / 60),
            7_200..172_800 => self.t1("ago-hours", "count", seconds / 3_600),
            _ => self.t1("ago-days", "count", seconds / 86_400),
        }
    }

    /// The day of a moment, in UTC.
    pub fn day(&self, at: &UnixMillis) -> String {
        at.to_string().get(..10).unwrap_or_default().to_owned()
    }

    /// A number with its digits in groups of three (ISO 80000-1: thin spaces).
    pub fn number(&self, number: impl ToString) -> String {
        grouped(&number.to_string())
    }

    /// A size in the unit that fits (IEC 80000-13).
    pub fn size(&self, bytes: &ByteCount) -> String {
        const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
        let (mut unit, mut of) = ("B", 1_u64);
        for larger in UNITS {
            if bytes.0 / of < 1024 {
                break;
            }
            (unit, of) = (larger, of * 1024);
        }
        if of == 1 {
            return format!("{} {unit}", bytes.0);
        }
        let tenths = (u128::from(bytes.0) * 10 + u128::from(of) / 2) / u128::from(of);
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

/// What the request's reader prefers: what it asks for, what was chosen before, what the browser says.
pub fn language(request: &HttpRequest) -> Language {
    let asked = request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="));
    let chosen = request.cookie(LANGUAGE_COOKIE).map(|cookie| cookie.value().to_owned());
    let accepted = request.headers().get("accept-language").and_then(|value| value.to_str().ok());
    let named = asked.map(str::to_owned).or(chosen).and_then(|tag| tag.parse().ok());
    named.unwrap_or_else(|| Language::negotiate(accepted.unwrap_or_default()))
}

fn grouped(digits: &str) -> String {
    let length = digits.chars().count();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (length - index).is_multiple_of(3) && digits.chars().all(|c| c.is_ascii_digit()) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn numbers_sizes_and_times_are_written_for_people() {
        let frame = Frame::of(&TestRequest::get().uri("/models/acme?lang=zh").to_http_request(), String::new());
        assert_eq!(frame.number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(frame.number(123), "123");
        for (bytes, text) in
            [(0, "0 B"), (1_023, "1023 B"), (1_536, "1.5 KiB"), (90_868_376, "86.7 MiB"), (3 << 40, "3.0 TiB")]
        {
            assert_eq!(frame.size(&ByteCount(bytes)), text);
        }
        assert_eq!(frame.time(&UnixMillis::new(0)), "1970-01-01 00:00 UTC");
        assert_eq!((frame.lang(), frame.other_lang()), ("zh".to_owned(), "en"));
        let marked = [("/models/acme", ""), ("/models", ""), ("/members", "/keys /models"), ("/", ""), ("/mod", "/m")];
        let marked = marked.map(|(path, others)| frame.current(path, others));
        assert_eq!(marked, [Some("page"), Some("true"), Some("true"), None, None]);
    }
}
