//! Closed lists of codes: an enumeration, its spelling in documents, and the error that names all of them.

/// Declares an enumeration whose variants are written as fixed codes; parsing anything else lists the codes.
macro_rules! codes {
    ($(#[$documentation:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$about])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code it is written as.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = chancery_base::values::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().copied().find(|value| value.code() == text);
                known.ok_or_else(|| chancery_base::values::Invalid::new(text, concat!("one of:" $(, " ", $code)+)))
            }
        }
    };
}

pub(crate) use codes;
