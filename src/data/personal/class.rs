//! The kinds of personal data that are looked for, how sure a finding is, and what must be watched beside them.

use serde::{Serialize, Serializer};

/// A kind of personal data that is found, and can be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A mail address (RFC 5322 as people write it, not as the grammar allows).
    Email,
    /// A Chinese resident identity number (GB 11643).
    ResidentId,
    /// An international bank account number (ISO 13616).
    Iban,
    /// A payment card number (ISO/IEC 7812).
    Card,
    /// A Chinese unified social credit code (GB 32100); it names an organisation, or a sole trader.
    CreditCode,
    /// A telephone number, international (ITU-T E.164) or national.
    Phone,
    /// A passport number.
    Passport,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A geographic position.
    Coordinates,
    /// A key, token or password, or a URL that carries one.
    Secret,
    /// A date said to be somebody's birth.
    BirthDate,
    /// A person's name.
    Name,
    /// A postal address.
    Address,
    /// A social security number of the United States.
    SocialSecurity,
    /// A medical record or patient number.
    MedicalRecord,
}

impl Class {
    /// Every class, in the order that decides between findings that are alike in all else.
    pub const ALL: [Self; 15] = [
        Self::Email,
        Self::ResidentId,
        Self::Iban,
        Self::Card,
        Self::CreditCode,
        Self::Phone,
        Self::Passport,
        Self::IpAddress,
        Self::Coordinates,
        Self::Secret,
        Self::BirthDate,
        Self::Name,
        Self::Address,
        Self::SocialSecurity,
        Self::MedicalRecord,
    ];

    /// Its name in reports, in tokens and, in capitals, in masks.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::ResidentId => "resident_id",
            Self::CreditCode => "credit_code",
            Self::Passport => "passport",
            Self::IpAddress => "ip_address",
            Self::Coordinates => "coordinates",
            Self::Secret => "secret",
            Self::BirthDate => "birth_date",
            Self::Name => "name",
            Self::Address => "address",
            Self::SocialSecurity => "social_security",
            Self::MedicalRecord => "medical_record",
        }
    }

    /// The class of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// How sure a finding is, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// The form alone; many other things look like it.
    Possible,
    /// The form, and words around it or a form that little else has.
    Likely,
    /// A checksum or a grammar that holds by chance in few cases.
    Certain,
}

impl Confidence {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// A special category: GDPR Art. 9, sensitive personal information of PIPL Art. 28, or a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Health and illness.
    Health,
    /// Religion or belief.
    Religion,
    /// Racial or ethnic origin.
    Ethnicity,
    /// Political opinion.
    Politics,
    /// Membership in a trade union.
    Union,
    /// Sex life or sexual orientation.
    Orientation,
    /// Biometric data.
    Biometric,
    /// Genetic data.
    Genetic,
    /// Somebody under 18 (PIPL protects those under 14 as sensitive, GDPR Art. 8 those under 16 or less).
    Minor,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 9] = [
        Self::Health,
        Self::Religion,
        Self::Ethnicity,
        Self::Politics,
        Self::Union,
        Self::Orientation,
        Self::Biometric,
        Self::Genetic,
        Self::Minor,
    ];

    /// Its name in reports and in the list of terms.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Religion => "religion",
            Self::Ethnicity => "ethnicity",
            Self::Politics => "politics",
            Self::Union => "union",
            Self::Orientation => "orientation",
            Self::Biometric => "biometric",
            Self::Genetic => "genetic",
            Self::Minor => "minor",
        }
    }
}

/// Personal data at a place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub class: Class,
    /// Where it begins: a byte offset on a character boundary.
    pub start: usize,
    /// Where it ends, exclusive; also on a character boundary.
    pub end: usize,
    /// How sure that is.
    pub confidence: Confidence,
    /// What the finding rests on.
    pub reason: &'static str,
}

/// A sensitive term said of a person. Nothing is replaced: somebody has to look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flag {
    /// What the term tells.
    pub category: Category,
    /// Where the term begins: a byte offset on a character boundary.
    pub start: usize,
    /// Where it ends, exclusive.
    pub end: usize,
    /// The term of the list that was met, or the form of an age.
    pub term: &'static str,
}

/// Implements `Serialize` as the value's name.
macro_rules! serialize_as_name {
    ($($kind:ty),*) => {$(
        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    )*};
}

serialize_as_name!(Class, Confidence, Category);
