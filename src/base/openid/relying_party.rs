//! A registry as one provider's client: what the provider announces, where browsers are sent, and what their answer is worth.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use chrono::DateTime;
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId,
    CsrfToken, DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, TokenResponse, UserInfoError,
    core::{
        CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
        CoreGrantType, CoreIdTokenClaims, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
        CoreSubjectIdentifierType, CoreTokenResponse, CoreUserInfoClaims,
    },
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Identity;
use crate::{
    outbound::{Failure, Outbound, TargetUrl},
    values::UnixMillis,
};

/// Largest answer that is read of a provider, in bytes; metadata, keys and tokens have a few KiB.
const LARGEST_ANSWER: u64 = 256 << 10;
/// How long what a provider announces is believed before it is asked again. A key that is not among those known is asked for at
/// once, so this is only about endpoints.
const BELIEVED_MS: i64 = 10 * 60 * UnixMillis::PER_SECOND;
/// Longest subject, in bytes (OpenID Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;
/// How tokens may be signed: with keys that only the provider has.
const SIGNATURES: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What a provider shares with its client.
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// Takes the secret as the provider gave it; `None` when there is nothing in it.
    #[must_use]
    pub fn new(text: Zeroizing<String>) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientSecret")
    }
}

/// How a provider knows this registry.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The provider's own name, an address.
    pub issuer: String,
    /// What it calls this registry.
    pub client_id: String,
    /// What it shares with this registry.
    pub client_secret: ClientSecret,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
}

/// What one journey to the provider and back is kept together by; each journey has its own, and only its browser and this
/// server can know them.
pub struct FlowSecrets {
    /// Comes back in the address.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Shown to the provider with the code.
    pub verifier: Zeroizing<String>,
}

/// What the browser came back with.
#[derive(Debug, Clone, Copy)]
pub struct Returned<'a> {
    /// What a token is asked for with.
    pub code: &'a str,
    /// The provider's name (RFC 9207).
    pub issuer: Option<&'a str>,
}

/// Why nobody was identified. What is inside is for the server's own log.
#[derive(Debug, thiserror::Error)]
pub enum OpenIdError {
    /// The provider did not answer.
    #[error("the provider did not answer: {0}; check that it runs and that `issuer` and `reach` are right")]
    Unreachable(#[from] Failure),
    /// The provider answered with what makes no sense here.
    #[error("the provider is not set up to be used so: {0}; check `issuer`, `client_id` and the client's secret")]
    Unusable(String),
    /// The provider gives nothing for this code.
    #[error("the provider does not take the code: {0}")]
    CodeRefused(String),
    /// What came back was not said by this provider, to this registry, for this journey.
    #[error("what came back is not genuine: {0}")]
    NotGenuine(&'static str),
}

/// What a provider may announce beyond OpenID Connect Discovery 1.0.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Announced {
    /// Whether every answer names the issuer (RFC 9207, section 3).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Announced {}

type Metadata = ProviderMetadata<
    Announced,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A registry as one provider's client. What the provider announces is fetched when it is first needed.
pub struct RelyingParty {
    registration: Registration,
    outbound: Outbound,
    known: Mutex<Option<(Metadata, UnixMillis)>>,
}

impl RelyingParty {
    /// A client of the provider that `registration` is with.
    #[must_use]
    pub const fn new(registration: Registration, outbound: Outbound) -> Self {
        Self { registration, outbound, known: Mutex::new(None) }
    }

    /// The provider's own name.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.registration.issuer
    }

    /// Makes sure that the provider answers and can be used.
    ///
    /// # Errors
    /// [`OpenIdError::Unreachable`], [`OpenIdError::Unusable`].
    pub fn look(&self, now: UnixMillis) -> Result<(), OpenIdError> {
        self.metadata(now).map(drop)
    }

    /// The address that a browser is sent to; it comes back to `redirect`.
    ///
    /// # Errors
    /// [`OpenIdError::Unreachable`], [`OpenIdError::Unusable`].
    pub fn departure(
        &self,
        redirect: &str,
        secrets: &FlowSecrets,
        email: Option<&str>,
        now: UnixMillis,
    ) -> Result<String, OpenIdError> {
        let client = self.client(&self.metadata(now)?, redirect)?;
        let (state, nonce) = (CsrfToken::new(secrets.state.clone()), Nonce::new(secrets.nonce.clone()));
        let verifier = PkceCodeVerifier::new(secrets.verifier.to_string());
        let scopes = self.registration.scopes.iter().cloned().map(Scope::new);
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scopes(scopes)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if let Some(email) = email {
            request = request.set_login_hint(openidconnect::LoginHint::new(email.to_owned()));
        }
        Ok(request.url().0.to_string())
    }

    /// Refuses an answer that another provider gave (RFC 9207, section 2.4).
    ///
    /// # Errors
    /// [`OpenIdError::NotGenuine`]; those of [`RelyingParty::look`].
    pub fn require_issuer(&self, issuer: Option<&str>, now: UnixMillis) -> Result<(), OpenIdError> {
        let is_always_named = self.metadata(now)?.additional_metadata().authorization_response_iss_parameter_supported;
        match issuer {
            Some(issuer) if issuer == self.registration.issuer => Ok(()),
            Some(_) => Err(OpenIdError::NotGenuine("the answer names another issuer")),
            None if is_always_named => Err(OpenIdError::NotGenuine("the answer names no issuer")),
            None => Ok(()),
        }
    }

    /// Who came back: asks the provider for the token that belongs to the code, and judges it.
    ///
    /// # Errors
    /// [`OpenIdError`], each of them.
    pub fn identify(
        &self,
        redirect: &str,
        returned: &Returned<'_>,
        secrets: &FlowSecrets,
        now: UnixMillis,
    ) -> Result<Identity, OpenIdError> {
        self.require_issuer(returned.issuer, now)?;
        let client = self.client(&self.metadata(now)?, redirect)?;
        let answer = self.token(&client, returned.code, secrets)?;
        let nonce = Nonce::new(secrets.nonce.clone());
        let claims = match judged(&client, &answer, &nonce, now) {
            // The provider has new keys.
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                self.forget();
                judged(&self.client(&self.metadata(now)?, redirect)?, &answer, &nonce, now)
            }
            judged => judged,
        };
        let claims = claims.map_err(|error| not_genuine(&error))?;
        let identity = Identity::from_token(&self.registration.issuer, &claims);
        if !(1..=LONGEST_SUBJECT).contains(&identity.subject.len()) {
            return Err(OpenIdError::NotGenuine("the subject is empty or longer than 255 bytes"));
        }
        if identity.email.is_some() || client.user_info_url().is_none() {
            return Ok(identity);
        }
        Ok(identity.with(&self.user_info(&client, &answer, &claims)?))
    }

    fn token(&self, client: &Client, code: &str, secrets: &FlowSecrets) -> Result<CoreTokenResponse, OpenIdError> {
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| OpenIdError::Unusable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.to_string()));
        request.request(&|request| self.exchange(request)).map_err(|error| match error {
            RequestTokenError::Request(failure) => OpenIdError::Unreachable(failure),
            RequestTokenError::ServerResponse(response) => match response.error().as_ref() {
                code @ ("invalid_grant" | "invalid_request") => OpenIdError::CodeRefused(code.to_owned()),
                code => OpenIdError::Unusable(format!("it answers `{code}`")),
            },
            // What it answered could hold a token, so it is not repeated.
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                OpenIdError::Unusable("its answer to a code is no token".to_owned())
            }
        })
    }

    fn user_info(
        &self,
        client: &Client,
        answer: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
    ) -> Result<CoreUserInfoClaims, OpenIdError> {
        let request = client
            .user_info(answer.access_token().clone(), Some(claims.subject().clone()))
            .map_err(|error| OpenIdError::Unusable(error.to_string()))?;
        request.request(&|request| self.exchange(request)).map_err(|error| match error {
            UserInfoError::Request(failure) => OpenIdError::Unreachable(failure),
            UserInfoError::ClaimsVerification(error) => not_genuine(&error),
            _ => OpenIdError::Unusable("what it says of its user is not understood".to_owned()),
        })
    }

    /// What the provider announces, asked anew when that was long ago. A failure is not remembered.
    fn metadata(&self, now: UnixMillis) -> Result<Metadata, OpenIdError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((metadata, at)) = known
            && now < at.plus_millis(BELIEVED_MS)
        {
            return Ok(metadata);
        }
        let issuer = IssuerUrl::new(self.registration.issuer.clone())
            .map_err(|error| OpenIdError::Unusable(error.to_string()))?;
        let found = Metadata::discover(&issuer, &|request| self.exchange(request)).map_err(|error| match error {
            DiscoveryError::Request(failure) => OpenIdError::Unreachable(failure),
            DiscoveryError::Response(status, ..) => {
                OpenIdError::Unusable(format!("it answers {status} where it should say what it offers"))
            }
            other => OpenIdError::Unusable(other.to_string()),
        })?;
        // Browsers are sent there, so it must be an address like those that we call.
        TargetUrl::parse(found.authorization_endpoint().as_str(), self.outbound.reach())
            .map_err(|refused| OpenIdError::Unusable(format!("its authorization endpoint: {refused}")))?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((found.clone(), now));
        Ok(found)
    }

    fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn client(&self, metadata: &Metadata, redirect: &str) -> Result<Client, OpenIdError> {
        let Registration { client_id, client_secret, .. } = &self.registration;
        let redirect = RedirectUrl::new(redirect.to_owned());
        let redirect = redirect.map_err(|error| OpenIdError::Unusable(error.to_string()))?;
        let secret = openidconnect::ClientSecret::new(client_secret.0.to_string());
        let methods = metadata.token_endpoint_auth_methods_supported();
        // Where nothing is announced it is the header (OpenID Connect Discovery 1.0, section 3).
        let is_header = methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let shown = if is_header { AuthType::BasicAuth } else { AuthType::RequestBody };
        let client =
            CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(client_id.clone()), Some(secret));
        Ok(client.set_redirect_uri(redirect).set_auth_type(shown))
    }

    fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        self.outbound.exchange(request, LARGEST_ANSWER)
    }
}

impl fmt::Debug for RelyingParty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RelyingParty").field("registration", &self.registration).finish_non_exhaustive()
    }
}

/// The claims of the token in `answer`, if the provider signed them, for this client, for this journey, and they still count.
fn judged(
    client: &Client,
    answer: &CoreTokenResponse,
    nonce: &Nonce,
    now: UnixMillis,
) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    let other = |text: &str| ClaimsVerificationError::Other(text.to_owned());
    let token = answer.id_token().ok_or_else(|| other("there is no ID token"))?;
    let time = DateTime::from_timestamp_millis(now.as_millis()).unwrap_or_default();
    let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES).set_time_fn(move || time);
    let claims = token.claims(&verifier, nonce)?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(|_| other("the signature is of an unknown kind"))?;
        let key = token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
        let found = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
        if found.is_ok_and(|found| found != *expected) {
            return Err(other("the access token belongs to another ID token"));
        }
    }
    Ok(claims.clone())
}

/// What is wrong with a token, without what stands in it.
const fn not_genuine(error: &ClaimsVerificationError) -> OpenIdError {
    OpenIdError::NotGenuine(match error {
        ClaimsVerificationError::Expired(_) => "the token has run out; compare this server's clock with the provider's",
        ClaimsVerificationError::InvalidAudience(_) => "the token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "the token is another issuer's",
        ClaimsVerificationError::InvalidNonce(_) => "the token belongs to another journey",
        ClaimsVerificationError::InvalidSubject(_) => "what the provider says of its user is about another",
        ClaimsVerificationError::SignatureVerification(_) => "the token is not signed with a key of the provider",
        _ => "the token is not what it should be",
    })
}
