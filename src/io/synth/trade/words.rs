//! The words of the trade library that the generator draws from.

/// An enum whose values are numbered in order, with the word for each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($value:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(dead_code)] // Some values are only drawn by number.
        pub(super) enum $name { $($value,)* }

        impl $name {
            /// The words in the order of the values.
            pub(super) const WORDS: &'static [&'static str] = &[$($word,)*];
        }

        impl From<$name> for u16 {
            fn from(value: $name) -> u16 {
                value as u16
            }
        }
    };
}

words!(
    /// What happens to the item.
    Event {
        Export = "export",
        Reexport = "reexport",
        Transfer = "transfer",
        DeemedExport = "deemed_export",
    }
);

words!(
    /// What is supplied.
    ItemKind {
        Commodity = "commodity",
        Software = "software",
        Technology = "technology",
        Service = "service",
    }
);

words!(
    /// The result of comparing an item with China's list.
    CnStatus {
        Listed = "listed",
        NotListed = "not_listed",
        NotChecked = "not_checked",
    }
);

words!(
    /// What the item is for.
    EndUse {
        Civil = "civil",
        Military = "military",
        Wmd = "wmd",
        Terrorism = "terrorism",
        MedicalEmergency = "medical_emergency",
        PublicHealthEmergency = "public_health_emergency",
        DisasterRelief = "disaster_relief",
        ChipProduction = "chip_production",
        ChipResearch = "chip_research",
        AiResearch = "ai_research",
        RocketOrUav = "rocket_or_uav",
        RareEarthProduction = "rare_earth_production",
        PartsOfIllicitArms = "parts_of_illicit_arms",
    }
);

words!(
    /// How firmly the exporter knows.
    Knowledge {
        None = "none",
        Suspecting = "suspecting",
        Aware = "aware",
        Informed = "informed",
    }
);

words!(
    /// The shape of an item.
    Form {
        RawMaterial = "raw_material",
        ArtificialGraphite = "artificial_graphite",
        NaturalFlakeGraphite = "natural_flake_graphite",
        SolidTungsten = "solid_tungsten",
        TungstenCopper = "tungsten_copper",
        TungstenSilver = "tungsten_silver",
        MagnetMaterial = "magnet_material",
        RotorOrStator = "rotor_or_stator",
        MouldedSensor = "moulded_sensor",
        CalcinedCatalyst = "calcined_catalyst",
        MagneticToyOrCase = "magnetic_toy_or_case",
        Other = "other",
    }
);

words!(
    /// What is known of a rocket's range.
    Range {
        AtLeast300Km = "at_least_300_km",
        Under300Km = "under_300_km",
        Undetermined = "undetermined",
    }
);

words!(
    /// A fact that may be found to be undeterminable.
    Claim {
        Yes = "yes",
        No = "no",
        Undetermined = "undetermined",
    }
);

words!(
    /// What is claimed in place of an American licence.
    Exception {
        None = "none",
        Tsr = "tsr",
        Rpl = "rpl",
        Gov = "gov",
        Lvs = "lvs",
        Other = "other",
    }
);
