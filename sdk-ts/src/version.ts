/** Of this package; the manifest and every request carry it. */
export const SDK_VERSION = "0.1.0";
