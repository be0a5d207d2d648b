//! Krippendorff's alpha: how far any number of annotators agree, some of whom may have left items out.
//!
//! Follows K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): coincidences of pairs within an item, each item
//! weighted by one less than its labels, against those of all labels mixed.

use serde::Serialize;

use super::{LabelError, Labels};
use crate::table::{Value, shortened};

/// How far labels are from one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// The same or not.
    Nominal,
    /// As many steps apart as labels lie between them, in the order in which they were declared.
    Ordinal,
    /// As far apart as the numbers that they spell.
    Interval,
}

/// How far annotators agree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Alpha {
    /// The scale.
    pub scale: Scale,
    /// Items with two labels or more; others say nothing about agreement.
    pub items: u64,
    /// Labels of these items.
    pub labels: u64,
    /// How far labels of one item are apart.
    pub observed: f64,
    /// How far they would be apart by chance.
    pub expected: f64,
    /// 1 is agreement, 0 chance; nothing without pairs, or if all labels are the same.
    pub alpha: Option<f64>,
}

/// Krippendorff's alpha over all annotators.
///
/// # Errors
/// [`LabelError::NotANumber`] on the interval scale.
pub fn krippendorff_alpha(labels: &Labels, scale: Scale) -> Result<Alpha, LabelError> {
    let size = labels.declared.len();
    let mut pairs = vec![vec![0.0; size]; size];
    let (mut items, mut count) = (0_u64, 0_u64);
    for item in labels.items().iter().filter(|item| item.given.len() > 1) {
        items += 1;
        count += item.given.len() as u64;
        let weight = 1.0 / (item.given.len() as f64 - 1.0);
        for (who, label) in &item.given {
            for (_, other) in item.given.iter().filter(|(other, _)| *other != who) {
                if let Some(pair) = pairs.get_mut(*label).and_then(|row| row.get_mut(*other)) {
                    *pair += weight;
                }
            }
        }
    }
    let totals: Vec<f64> = pairs.iter().map(|row| row.iter().sum()).collect();
    let distances = distances(labels, scale, &totals)?;
    let total = count as f64;
    let (mut observed, mut expected) = (0.0, 0.0);
    for ((row, far), first) in pairs.iter().zip(&distances).zip(&totals) {
        for ((pair, far), second) in row.iter().zip(far).zip(&totals) {
            observed += pair * far;
            expected += first * second * far;
        }
    }
    if count > 0 {
        observed /= total;
        expected /= total * (total - 1.0);
    }
    let alpha = (expected > 0.0).then(|| 1.0 - observed / expected);
    Ok(Alpha { scale, items, labels: count, observed, expected, alpha })
}

/// The squared distance of every two labels.
fn distances(labels: &Labels, scale: Scale, totals: &[f64]) -> Result<Vec<Vec<f64>>, LabelError> {
    let places: Vec<f64> = match scale {
        Scale::Nominal => Vec::new(),
        // Half of the label itself and all before it: the difference of two such places is what lies between their middles.
        Scale::Ordinal => totals
            .iter()
            .scan(0.0, |before, total| {
                let place = *before + total / 2.0;
                *before += total;
                Some(place)
            })
            .collect(),
        Scale::Interval => labels
            .declared
            .iter()
            .map(|label| {
                let number = Value::Text(label.clone()).as_number();
                number.ok_or_else(|| LabelError::NotANumber { label: shortened(label) })
            })
            .collect::<Result<_, _>>()?,
    };
    if scale == Scale::Nominal {
        let row = |first| (0..totals.len()).map(|second| f64::from(u8::from(first != second))).collect();
        return Ok((0..totals.len()).map(row).collect());
    }
    Ok(places.iter().map(|first| places.iter().map(|second| (first - second).powi(2)).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::labels::{ImportOptions, import};
    use crate::table::MemorySource;

    /// One text for each annotator, one character for each item, `.` where there is no label.
    fn alpha(declared: &str, annotators: &[&str], scale: Scale) -> Result<Alpha, LabelError> {
        let mut table = "item,label,annotator,guideline\n".to_owned();
        for (annotator, given) in annotators.iter().enumerate() {
            for (item, label) in given.chars().enumerate().filter(|(_, label)| *label != '.') {
                table.push_str(&format!("{item},{label},{annotator},v1\n"));
            }
        }
        let options = ImportOptions::of(declared.chars());
        krippendorff_alpha(&import(&MemorySource::named("labels.csv", table.into_bytes()), &options)?, scale)
    }

    fn near(found: Alpha, expected: f64) {
        assert!((found.alpha.unwrap() - expected).abs() < 0.000_5, "{found:?}");
    }

    /// The data of four observers in section C of Krippendorff (2011).
    const FOUR: [&str; 4] = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."];

    #[test]
    fn krippendorffs_own_examples() {
        // Krippendorff (2011), section A: two observers, ten items, two labels: 0.095.
        near(alpha("01", &["0100000010", "1110010000"], Scale::Nominal).unwrap(), 0.095);
        // Section B: two observers, twelve items, five labels: 0.692.
        near(alpha("abcde", &["aabbdcccedda", "babbbccceddd"], Scale::Nominal).unwrap(), 0.692);
        // Sections C and D: four observers, twelve items, labels left out.
        let nominal = alpha("12345", &FOUR, Scale::Nominal).unwrap();
        assert_eq!((nominal.items, nominal.labels), (11, 40));
        near(nominal, 0.743);
        near(alpha("12345", &FOUR, Scale::Ordinal).unwrap(), 0.815);
        near(alpha("12345", &FOUR, Scale::Interval).unwrap(), 0.849);
    }

    #[test]
    fn what_the_python_package_says() {
        // Computed with `krippendorff` 0.9.0, which follows the same paper on its own.
        let three = ["31245.1123", "3.2451112.", "2124531.33"];
        for (scale, expected) in [
            (Scale::Nominal, 0.712_643_678_160_919_6),
            (Scale::Ordinal, 0.832_261_477_212_617_2),
            (Scale::Interval, 0.875_930_521_091_811_4),
        ] {
            let found = alpha("12345", &three, scale).unwrap().alpha.unwrap();
            assert!((found - expected).abs() < 1e-12, "{scale:?} {found}");
        }
    }

    #[test]
    fn where_alpha_is_not_defined() {
        assert_eq!(alpha("ab", &["aa", "aa"], Scale::Nominal).unwrap().alpha, None);
        assert_eq!(alpha("ab", &["a.", ".b"], Scale::Nominal).unwrap().alpha, None);
        let words = alpha("ab", &["ab", "ba"], Scale::Interval).unwrap_err();
        assert_eq!(words, LabelError::NotANumber { label: "a".into() });
    }
}
