import { NonRetriableError } from "@durable/sdk";

export class CardDeclinedError extends NonRetriableError {
  override readonly name = "CardDeclinedError";
}

export class AddressError extends NonRetriableError {
  override readonly name = "AddressError";
}

export class NoCarrierError extends NonRetriableError {
  override readonly name = "NoCarrierError";
}
