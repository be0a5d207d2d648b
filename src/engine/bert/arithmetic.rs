//! Elementary functions as plain loops that the compiler turns into vector instructions.
//!
//! The functions are inlined into closures that [`pulp::Arch::dispatch`] compiles once per vector width and chooses between at run
//! time; that keeps this package free of `unsafe`. The standard library's `exp` and `erf` are scalar calls and would take as long
//! as half of the matrix products.

/// Number of floats handled together: one register of the widest common vector unit.
pub(super) const LANES: usize = 16;

/// 1.5 x 2^23: adding it rounds a small float to an integer, which then stands in the low bits.
const ROUNDING: f32 = 12_582_912.0;

/// Natural logarithm of two in two parts, the first exact in few bits, so that the reduction loses nothing.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Below this the exponential is smaller than any normal float.
const SMALLEST_EXPONENT: f32 = -87.0;

/// The exponential of a number that is not above zero, to about two units in the last place.
///
/// Writes x = n ln 2 + r with |r| <= ln 2 / 2, sums the Taylor series of r to the seventh power and scales by 2^n.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    let x = x.max(SMALLEST_EXPONENT);
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let whole = shifted - ROUNDING;
    let rest = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    let series = 1.0 / 5040.0;
    let series = series * rest + 1.0 / 720.0;
    let series = series * rest + 1.0 / 120.0;
    let series = series * rest + 1.0 / 24.0;
    let series = series * rest + 1.0 / 6.0;
    let series = series * rest + 0.5;
    let series = series * rest + 1.0;
    let series = series * rest + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUNDING.to_bits()).wrapping_add(127) << 23;
    series * f32::from_bits(exponent)
}

/// Beyond this the error function differs from one by less than a float can tell.
const ERF_LIMIT: f32 = 3.9;

/// The error function as x P(x^2) / Q(x^2), absolute error below 4e-7.
///
/// The coefficients were fitted for this project: weighted least squares with 40 digits on Chebyshev nodes of [0, 3.9], iterated
/// until the error was level.
#[inline(always)]
fn erf(x: f32) -> f32 {
    let x = x.clamp(-ERF_LIMIT, ERF_LIMIT);
    let t = x * x;
    let p = 2.050_423e-6;
    let p = p * t + 2.874_363_5e-4;
    let p = p * t + 3.836_232_2e-3;
    let p = p * t + 5.296_498e-2;
    let p = p * t + 1.919_268_3e-1;
    let p = p * t + std::f32::consts::FRAC_2_SQRT_PI;
    let q = 3.823e-5;
    let q = q * t + 1.181_564_8e-3;
    let q = q * t + 1.510_794_8e-2;
    let q = q * t + 1.147_522_7e-1;
    let q = q * t + 5.034_225e-1;
    let q = q * t + 1.0;
    x * p / q
}

/// The Gaussian error linear unit in its exact form, x (1 + erf(x / sqrt 2)) / 2.
#[inline(always)]
pub(super) fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// Shifts and scales a row to mean zero and variance one, then applies the learned gain and shift.
#[inline(always)]
pub(super) fn normalise(row: &mut [f32], gain: &[f32], shift: &[f32], epsilon: f32) {
    let count = row.len() as f32;
    let mean = sum(row, |value| value) / count;
    let variance = sum(row, |value| (value - mean) * (value - mean)) / count;
    let scale = 1.0 / (variance + epsilon).sqrt();
    for ((value, gain), shift) in row.iter_mut().zip(gain).zip(shift) {
        *value = (*value - mean) * scale * gain + shift;
    }
}

/// Sums a function of each value in independent lanes, because the compiler may not reorder float additions itself.
#[inline(always)]
fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [0.0_f32; LANES];
    for block in blocks {
        for (lane, value) in lanes.iter_mut().zip(block) {
            *lane += term(*value);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|value| term(*value)).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_close_over_its_range() {
        for step in 0..87_000 {
            let x = -(step as f32) / 1000.0;
            let exact = f64::from(x).exp();
            assert!((f64::from(exp(x)) / exact - 1.0).abs() < 4e-7, "{x}");
        }
        assert!(exp(-1.0e30) < 1e-37);
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    /// The error function by its Maclaurin series in double precision.
    fn exact_erf(x: f64) -> f64 {
        if x.abs() > 5.0 {
            return x.signum();
        }
        let mut term = x;
        let mut total = x;
        for n in 1..200 {
            term *= -x * x / f64::from(n);
            total += term / f64::from(2 * n + 1);
        }
        total * 2.0 / std::f64::consts::PI.sqrt()
    }

    #[test]
    fn erf_is_close_everywhere() {
        for step in -6000..=6000 {
            let x = step as f32 / 1000.0;
            assert!((f64::from(erf(x)) - exact_erf(f64::from(x))).abs() < 4e-7, "{x}");
        }
    }

    #[test]
    fn a_normalised_row_has_mean_zero_and_variance_one() {
        let mut row: Vec<f32> = (0..37).map(|value| value as f32 * 3.0 - 5.0).collect();
        normalise(&mut row, &[1.0; 37], &[0.0; 37], 1e-12);
        let mean = row.iter().sum::<f32>() / 37.0;
        let variance = row.iter().map(|value| value * value).sum::<f32>() / 37.0;
        assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-5);
    }
}
