/** Who may do everything, and the setting that says so. */
export const SUPER_USER = "super:s";
export const SUPER_DIGEST = "super:BDYfsKZtexvW+zRgsJ2N0pMNlLY=";

/** Another user, as it is named in an ACL. */
export const USER = "u:p";
export const USER_DIGEST = "u:Jq7wMyA/w2Vd5WIDAKdu4OIIFEQ=";

/** The user and password of each client; the empty one stays nobody. */
export const CREDENTIALS = [SUPER_USER, USER, "v:p", ""];
