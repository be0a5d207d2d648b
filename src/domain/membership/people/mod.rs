//! People: how they join, sign in, show a second factor, and are taken out.

mod entering;
mod factors;
mod joining;
mod roster;
mod sessions;

pub(super) use entering::Beginning;
pub use entering::{Entered, SignIn, show_second_factor, sign_in};
pub use factors::{
    RecoveryCodes, change_password, confirm_second_factor, propose_second_factor, recovery_codes_left,
    remove_second_factor,
};
pub use joining::{
    Invited, NewInvitation, NewPerson, accept_invitation, find_invitation, first_person, invite, list_invitations,
    withdraw_invitation,
};
pub(super) use joining::{refuse_alone, take_invitation, taken};
pub use roster::{
    PersonChange, PersonProposal, change_person, find_person, has_people, list_people, people_page, remove_person,
    rename,
};
pub use sessions::{end_other_sessions, end_session, sessions, sign_out, signed_in};
