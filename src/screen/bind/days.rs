//! Calendar days of instants in a zone, many at a time.

use crate::domain::{Day, Spell, Zone};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// A zone with the spells of one offset that instants have met so far.
#[derive(Clone, Debug)]
pub struct ZoneDays {
    zone: Zone,
    current: Option<Spell>,
    /// By their beginnings; disjoint.
    spells: Vec<Spell>,
}

impl ZoneDays {
    /// The days of `zone`.
    pub fn new(zone: Zone) -> Self {
        ZoneDays {
            zone,
            current: None,
            spells: Vec::new(),
        }
    }

    /// [`Zone::day_of`].
    #[inline]
    pub fn day_of(&mut self, instant_us: i64) -> Option<Day> {
        let second = instant_us.div_euclid(MICROS_PER_SECOND);
        match self.current {
            Some(spell) if spell.from <= second && second < spell.until => spell.day_of(second),
            Some(_) | None => self.turn_to(second)?.day_of(second),
        }
    }

    fn turn_to(&mut self, second: i64) -> Option<Spell> {
        let after = self.spells.partition_point(|spell| spell.from <= second);
        let known = after.checked_sub(1).map(|at| self.spells[at]);
        let spell = match known.filter(|spell| second < spell.until) {
            Some(spell) => spell,
            None => {
                let spell = self.zone.spell_at(second)?;
                self.spells.insert(after, spell);
                spell
            }
        };
        self.current = Some(spell);
        Some(spell)
    }
}
