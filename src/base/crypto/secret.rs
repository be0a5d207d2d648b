//! Secret bytes of fixed length: printed as their type's name, compared in constant time, wiped when dropped.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::values::Entropy;

/// `N` secret bytes; kept on the heap so that moving the value leaves no copy behind.
pub struct Secret<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Secret<N> {
    /// Draws a new secret.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self::filled(|bytes| entropy.fill(bytes))
    }

    /// Copies `bytes`; `None` unless there are exactly `N`. The caller wipes its own copy.
    #[must_use]
    pub fn copy_from(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == N).then(|| Self::filled(|secret| secret.copy_from_slice(bytes)))
    }

    /// Lets `write` put the bytes in their place, so that they never lie on the stack.
    #[must_use]
    pub fn filled(write: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self(Box::new([0; N]));
        write(&mut secret.0);
        secret
    }

    /// The bytes; every place that looks at them is found by this name.
    #[must_use]
    pub const fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Counting;

    #[test]
    fn prints_nothing_and_compares_by_value() {
        let entropy = Counting::default();
        let (one, other) = (Secret::<32>::generate(&entropy), Secret::<32>::generate(&entropy));
        assert_eq!(format!("{one:?}"), "Secret");
        assert!(one != other);
        assert!(Secret::<32>::copy_from(one.expose()) == Some(one));
        assert!(Secret::<32>::copy_from(&[0; 31]).is_none());
    }
}
