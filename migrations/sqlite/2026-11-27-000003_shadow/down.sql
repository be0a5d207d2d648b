DROP TABLE shadow_refusals;
DROP TABLE rule_modes;
DROP TABLE policy_activations;
