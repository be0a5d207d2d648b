//! A person in place of a key: signs in as a browser does, for what no key may do, and signs out when done.

use chancery_base::values::{Email, Slug};
use ureq::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use zeroize::Zeroizing;

use super::Client;
use crate::cli::{
    error::{CliError, Exit},
    message::say,
};

/// What somebody signs in with.
pub struct SignIn<'a> {
    /// The organisation they belong to.
    pub organisation: &'a Slug,
    /// Their address.
    pub email: &'a Email,
    /// Their password.
    pub password: Zeroizing<String>,
    /// The code of their authenticator, where one is at hand.
    pub code: Option<&'a str>,
}

/// A client of somebody who signed in.
pub struct PersonClient(Client);

impl Client {
    /// The same client as a person; the API key is not sent any more.
    ///
    /// # Errors
    /// [`CliError::Local`] if the server does not let them in, asks for a code that was not given, or cannot be reached.
    pub fn signed_in(mut self, person: &SignIn<'_>) -> Result<PersonClient, CliError> {
        let password = person.password.as_str();
        let fields =
            [("organisation", person.organisation.as_str()), ("email", person.email.as_str()), ("password", password)];
        let (mut session, next) = self.enter("/sign-in", &fields, None)?;
        if next.starts_with("/sign-in/second-factor") {
            let code = person.code.ok_or_else(|| refused(say!("second-factor-missing")))?;
            (session, _) = self.enter("/sign-in/second-factor", &[("code", code)], Some(&session))?;
        }
        (self.token, self.session) = (None, Some(session));
        Ok(PersonClient(self))
    }

    /// Sends a form that begins a session: its cookie, and where a browser would go on.
    fn enter(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        session: Option<&HeaderValue>,
    ) -> Result<(HeaderValue, String), CliError> {
        let form = Zeroizing::new(serde_urlencoded::to_string(fields).unwrap_or_default());
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.server.join(path))
            .header(header::ORIGIN, self.server.origin())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(session) = session {
            request = request.header(header::COOKIE, session);
        }
        let request = request.body(form.as_str()).map_err(|error| self.not_understood(path, &error))?;
        let answer = self.agent.run(request).map_err(|error| self.unreachable(&error))?;
        match answer.status() {
            StatusCode::SEE_OTHER => {
                let cookie = cookie(&answer).ok_or_else(|| refused(say!("sign-in-refused", server = self.server)))?;
                let place = answer.headers().get(header::LOCATION).and_then(|place| place.to_str().ok());
                Ok((cookie, place.unwrap_or_default().to_owned()))
            }
            StatusCode::TOO_MANY_REQUESTS => Err(refused(say!("sign-in-too-often", server = self.server))),
            _ => Err(refused(say!("sign-in-refused", server = self.server))),
        }
    }
}

impl std::ops::Deref for PersonClient {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.0
    }
}

impl Drop for PersonClient {
    /// Ends the session; one that cannot be ended now ends by itself.
    fn drop(&mut self) {
        let cookie = self.0.session.as_ref().and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
        let id = cookie.split_once('=').and_then(|(_, secret)| secret.split_once('.')).map(|(id, _)| id);
        let _ = id.map(|id| self.0.delete(&format!("/api/v1/sessions/{id}")));
    }
}

/// The cookie that an answer sets, without its attributes.
fn cookie<T>(answer: &Response<T>) -> Option<HeaderValue> {
    let set = answer.headers().get(header::SET_COOKIE)?.to_str().ok()?;
    let mut cookie = HeaderValue::from_str(set.split(';').next()?).ok()?;
    cookie.set_sensitive(true);
    Some(cookie)
}

fn refused(message: crate::cli::message::Message) -> CliError {
    CliError::Local(Exit::Unauthenticated, message)
}
