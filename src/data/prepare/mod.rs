//! Preparing data: steps of a recipe, each with counts by reason and a report that can be traced back.
