/*
 * Types of checkout.js.  The version here is the version of the script.
 */

/** What came of a payment, for the merchant's page. Confirm it on the server: by API, webhook or signature. */
export interface PaymentSuccess {
  paymentId: string;
  orderId: string;
  /** HMAC-SHA256 over `order_id|payment_id`, hexadecimal; present when the gateway signs checkouts. */
  signature?: string;
}

/** A definite no from the bank. The checkout stays open: the payer may try again. */
export interface PaymentFailure {
  paymentId: string;
  orderId: string;
  code?: string | null;
  description?: string | null;
  /** The same text as `description`. */
  message?: string | null;
}

export type ErrorType =
  | "NETWORK_ERROR"
  | "CANCEL"
  | "IMPLEMENTATION_ERROR"
  | "API_ERROR"
  | "SCRIPT_ERROR"
  | "SDK_ERROR";

export interface PaymentGatewayError extends Error {
  type: ErrorType;
  code: string;
}

export interface ModalOptions {
  /** Escape closes. Default true. */
  escape?: boolean;
  /** A click beside the modal closes. Default true. */
  backdropClose?: boolean;
  /** Always ask before closing; while a payment is on its way the payer is asked in any case. Default false. */
  confirmClose?: boolean;
}

export interface Prefill {
  method?: "upi" | "card" | "netbanking";
  vpa?: string;
  /** The cardholder's name. */
  name?: string;
}

export interface PaymentGatewayOptions {
  /** The publishable key. Secrets are refused. */
  key: string;
  orderId: string;
  onSuccess?: (response: PaymentSuccess) => void;
  onFailure?: (error: PaymentFailure) => void;
  /** Called once per opening, also after success. */
  onClose?: () => void;
  /** The payer can pay now. */
  onReady?: () => void;
  onError?: (error: PaymentGatewayError) => void;
  /** Address of the checkout; default: where checkout.js came from. */
  host?: string;
  theme?: "light" | "dark" | "auto";
  /** `en` or `hi`, with or without a region. Default: the browser's. */
  locale?: string;
  prefill?: Prefill;
  modal?: ModalOptions;
  /** Milliseconds until an unanswered load is reported. Default 15000. */
  loadTimeout?: number;
}

export declare class PaymentGateway {
  static readonly version: string;
  /** Throws a PaymentGatewayError of type IMPLEMENTATION_ERROR when an option cannot be used. */
  constructor(options: PaymentGatewayOptions);
  readonly isOpen: boolean;
  /** Opens the modal; when it is open already, nothing but focus changes. */
  open(): void;
  /** Takes the modal away and calls onClose; without an open modal nothing happens. */
  close(): void;
  /** Closes for good; open() throws afterwards. */
  destroy(): void;
}

export default PaymentGateway;

/** From `loader.mjs`: loads checkout.js once; null on a server; may be called again after an error. */
export declare function loadPaymentGateway(options?: {
  host?: string;
  integrity?: string;
}): Promise<typeof PaymentGateway | null>;

declare global {
  interface Window {
    PaymentGateway?: typeof PaymentGateway;
  }
}
