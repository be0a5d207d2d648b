DROP TABLE sessions;
DROP TABLE invitations;
DROP TABLE recovery_codes;
DROP TABLE people;
