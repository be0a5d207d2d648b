//! Cohen's kappa: how far two annotators agree beyond chance (Cohen, 1960).

use serde::Serialize;

use super::{LabelError, Labels};

/// How far two annotators agree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Kappa {
    /// Items that both labelled.
    pub items: u64,
    /// The share on which they agree.
    pub observed: f64,
    /// The share on which they would agree by chance, each with the own frequencies.
    pub expected: f64,
    /// 1 is agreement, 0 chance; nothing if there is no item, or if chance alone makes them agree always.
    pub kappa: Option<f64>,
}

/// Cohen's kappa of two annotators over the items that both labelled.
///
/// # Errors
/// [`LabelError::UnknownAnnotator`].
pub fn cohen_kappa(labels: &Labels, first: &str, second: &str) -> Result<Kappa, LabelError> {
    let (first, second) = (labels.annotator(first)?, labels.annotator(second)?);
    let mut counts = vec![(0_u64, 0_u64); labels.declared.len()];
    let (mut items, mut same) = (0_u64, 0_u64);
    for item in labels.items() {
        let (Some(one), Some(other)) = (item.given.get(&first), item.given.get(&second)) else { continue };
        items += 1;
        same += u64::from(one == other);
        counts.iter_mut().enumerate().for_each(|(label, (ones, others))| {
            *ones += u64::from(label == *one);
            *others += u64::from(label == *other);
        });
    }
    if items == 0 {
        return Ok(Kappa { items, observed: 0.0, expected: 0.0, kappa: None });
    }
    let total = items as f64;
    let observed = same as f64 / total;
    let expected = counts.iter().map(|(ones, others)| *ones as f64 / total * (*others as f64 / total)).sum::<f64>();
    // Both gave one and the same label always: there is nothing to agree about.
    let one_label = counts.iter().any(|(ones, others)| *ones == items && *others == items);
    let kappa = (!one_label).then(|| (observed - expected) / (1.0 - expected));
    Ok(Kappa { items, observed, expected, kappa })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::labels::{ImportOptions, import};
    use crate::table::MemorySource;

    fn kappa(declared: &[&str], pairs: &[(&str, &str)]) -> Kappa {
        let mut table = "item,label,annotator,guideline\n".to_owned();
        for (item, (first, second)) in pairs.iter().enumerate() {
            table.push_str(&format!("{item},{first},ada,v1\n{item},{second},bob,v1\n"));
        }
        let options = ImportOptions::of(declared.iter().copied());
        let labels = import(&MemorySource::named("labels.csv", table.into_bytes()), &options).unwrap();
        cohen_kappa(&labels, "ada", "bob").unwrap()
    }

    #[test]
    fn grant_proposals() {
        // The worked example of the Wikipedia article "Cohen's kappa": of 50 proposals both accept 20 and refuse 15, only one accepts 5 and
        // only the other 10. Observed 0.7, expected 0.5, kappa 0.4.
        let pairs = [vec![("yes", "yes"); 20], vec![("yes", "no"); 5], vec![("no", "yes"); 10], vec![("no", "no"); 15]]
            .concat();
        let kappa = kappa(&["yes", "no"], &pairs);
        assert_eq!((kappa.items, kappa.observed), (50, 0.7));
        assert!((kappa.expected - 0.5).abs() < 1e-12 && (kappa.kappa.unwrap() - 0.4).abs() < 1e-12);
    }

    #[test]
    fn what_scikit_learn_says() {
        // The example in the documentation of scikit-learn's `cohen_kappa_score`, and another computed with it.
        let (one, two) = (["n", "p", "n", "0", "p"], ["n", "p", "n", "0", "n"]);
        let pairs: Vec<_> = one.into_iter().zip(two).collect();
        assert!((kappa(&["n", "p", "0"], &pairs).kappa.unwrap() - 0.6875).abs() < 1e-12);
        let letters = |text: &'static str| text.split("").filter(|letter| !letter.is_empty());
        let pairs: Vec<_> = letters("aabbcabcabccbacab").zip(letters("abbbcaacabcbbacca")).collect();
        assert!((kappa(&["a", "b", "c"], &pairs).kappa.unwrap() - 0.557_291_666_666_666_6).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_agree_about() {
        assert_eq!(kappa(&["a", "b"], &[("a", "a"), ("a", "a")]).kappa, None);
        assert_eq!(kappa(&["a", "b"], &[("a", ""), ("", "a")]).kappa, None);
        assert!((kappa(&["a", "b"], &[("a", "b"), ("b", "a")]).kappa.unwrap() + 1.0).abs() < 1e-12);
    }
}
