/** Where something leads, as data: made by `linkOptions`, which checks it, or by `targetsOf`. */
export interface Target {
  readonly to: string;
  readonly params?: object;
  readonly search?: object | true;
  readonly hash?: string;
}
