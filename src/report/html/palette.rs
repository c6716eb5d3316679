//! Colours of verdicts: from pale to strong as they grow severe, so that they can be told apart by their lightness alone.

use std::fmt::Write;

/// From least to most severe, on a light page.
const LIGHT: [u32; 6] = [0xd9dee3, 0xf0d9a0, 0xe7b25c, 0xd27b3c, 0xab4534, 0x6b1f33];
/// The same on a dark one.
const DARK: [u32; 6] = [0x3a424b, 0x6a5a34, 0x9a7434, 0xc98a4b, 0xe89a86, 0xffc4c4];

/// The class of the verdict with that place in the order of severity.
pub fn class(verdict: usize) -> String {
    format!("v{verdict}")
}

/// The rules of style that give each of `count` verdicts its colour, in charts and on badges.
pub fn style(count: usize) -> String {
    let mut out = String::from(":root{");
    variables(&LIGHT, count, &mut out);
    out += "}\n@media (prefers-color-scheme:dark){:root{";
    variables(&DARK, count, &mut out);
    out += "}}\n@media print{:root{";
    variables(&LIGHT, count, &mut out);
    out += "}}\n";
    for at in 0..count {
        let _ = writeln!(
            out,
            "svg .v{at}{{fill:var(--v{at})}} .badge.v{at}::before{{background:var(--v{at})}}"
        );
    }
    out
}

fn variables(stops: &[u32], count: usize, out: &mut String) {
    for at in 0..count {
        let _ = write!(out, "--v{at}:#{:06x};", between(stops, at, count));
    }
}

/// The colour at place `at` of `count` that are spread evenly over `stops`.
fn between(stops: &[u32], at: usize, count: usize) -> u32 {
    let steps = count.saturating_sub(1).max(1);
    let (scaled, last) = (at * (stops.len() - 1), stops.len() - 1);
    let (from, rest) = (scaled / steps, scaled % steps);
    let to = (from + 1).min(last);
    [16, 8, 0].iter().fold(0, |color, shift| {
        let channel = |stop: u32| ((stop >> shift) & 0xff) as usize;
        let (a, b) = (channel(stops[from]), channel(stops[to]));
        let mixed = (a * (steps - rest) + b * rest) / steps;
        color | (mixed as u32) << shift
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_from_the_first_to_the_last() {
        for count in [2, 3, 6, 11, 256] {
            assert_eq!(between(&LIGHT, 0, count), LIGHT[0]);
            assert_eq!(between(&LIGHT, count - 1, count), LIGHT[5]);
        }
        assert_eq!(between(&LIGHT, 0, 1), LIGHT[0]);
        assert_eq!(between(&[0, 0x10_20_40], 1, 3), 0x08_10_20);
    }

    #[test]
    fn more_severe_is_darker_on_a_light_page_and_lighter_on_a_dark_one() {
        let light = |color: u32| (color >> 16) * 3 + (color >> 8 & 0xff) * 6 + (color & 0xff);
        assert!(LIGHT.windows(2).all(|two| light(two[0]) > light(two[1])));
        assert!(DARK.windows(2).all(|two| light(two[0]) < light(two[1])));
    }
}
