/** Of the app that every host serves. The conformance kit asks for it by this name. */
export const APP = "conformance";
