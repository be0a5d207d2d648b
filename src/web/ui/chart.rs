//! Charts as inline SVG: a bar for each day. What a bar says stands in a table beside it.

use chancery_domain::serving::DayOfUse;

/// The drawing's own units, as its template names them.
const WIDTH: u64 = 600;
const HEIGHT: u64 = 100;
/// Room that is left at the top, so that the highest bar does not touch the text above.
const HEADROOM: u64 = 4;

/// Uses a day.
pub struct Chart {
    /// The days, oldest first.
    pub days: Vec<DayOfUse>,
    /// Most uses of a day.
    pub most: u64,
    /// What is drawn.
    pub bars: Vec<Bar>,
}

/// The bar of one day, in drawing units: what was allowed, and on top of it what was refused.
pub struct Bar {
    /// Left edge.
    pub x: u64,
    /// Width.
    pub width: u64,
    /// Top and height of what was allowed.
    pub allowed: (u64, u64),
    /// Top and height of what was refused.
    pub refused: (u64, u64),
}

impl Chart {
    /// The chart of some days; `None` where nothing was used in any of them.
    pub fn of(days: &[DayOfUse]) -> Option<Self> {
        let most = days.iter().map(|day| day.allowed + day.refused).max().filter(|most| *most > 0)?;
        let step = WIDTH / (days.len() as u64).max(1);
        let bar = |(number, day): (usize, &DayOfUse)| {
            let (allowed, refused) = (height(day.allowed, most), height(day.refused, most));
            let top = HEIGHT.saturating_sub(allowed);
            Bar {
                x: number as u64 * step + step / 8,
                width: (step * 3 / 4).max(1),
                allowed: (top, allowed),
                refused: (top.saturating_sub(refused), refused),
            }
        };
        Some(Self { bars: days.iter().enumerate().map(bar).collect(), days: days.to_vec(), most })
    }

    /// The first, the middle and the last day.
    pub fn scale(&self) -> impl Iterator<Item = &DayOfUse> {
        [self.days.first(), self.days.get(self.days.len() / 2), self.days.last()].into_iter().flatten()
    }
}

/// What is more than nothing is seen.
const fn height(count: u64, most: u64) -> u64 {
    let room = (HEIGHT - HEADROOM) as u128;
    let share = count as u128 * room / most as u128;
    if share == 0 && count > 0 { 1 } else { share as u64 }
}

#[cfg(test)]
mod tests {
    use chancery_base::values::UnixMillis;

    use super::*;

    #[test]
    fn bars_stay_in_the_drawing_and_show_what_is_little() {
        let day = |allowed, refused| DayOfUse { day: UnixMillis::new(0), allowed, refused };
        assert!(Chart::of(&[]).is_none() && Chart::of(&[day(0, 0)]).is_none());
        let chart = Chart::of(&[day(0, 0), day(1, 0), day(100_000, 1), day(u64::MAX / 2, 7)]).unwrap();
        assert_eq!((chart.bars[0].allowed.1, chart.bars[1].allowed.1, chart.bars[2].refused.1), (0, 1, 1));
        for bar in &chart.bars {
            assert!(bar.x + bar.width <= WIDTH && bar.allowed.0 + bar.allowed.1 == HEIGHT);
            assert_eq!(bar.refused.0 + bar.refused.1, bar.allowed.0);
        }
        assert_eq!(chart.scale().count(), 3);
    }
}
