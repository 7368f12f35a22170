import {
  DetectModerationLabelsCommand,
  type ModerationLabel,
  type RekognitionClient,
} from "@aws-sdk/client-rekognition";
import type { Purse } from "../types.ts";
import { payFor } from "./paid.ts";
import { jpegsOf } from "./preview.ts";
import { nudityOf } from "./rekognition-labels.ts";
import { type ModerationImage, type Moderator, ModeratorError, type ModeratorErrorCode } from "./types.ts";
import { type Answer, worstOf } from "./worst.ts";

export interface RekognitionDeps {
  readonly client: Pick<RekognitionClient, "send">;
  /** Absent where nobody counts calls. */
  readonly purse?: Purse;
}

const name = "rekognition";

/** Labels below this confidence are noise. Rekognition's own default of 50 would hide the band people review. */
const leastConfidence = 5;

/** Confidence from which the answer is "nudity". */
const nudityFrom = 50;

/** Amazon Rekognition: each view goes as the bytes of a JPEG in one call, and nothing is stored. */
export const rekognitionModerator = (deps: RekognitionDeps): Moderator => ({
  name,
  screen: (image: ModerationImage) => worstOf(name, jpegsOf(name, image), (jpeg) => ask(deps, jpeg)),
});

async function ask({ client, purse }: RekognitionDeps, jpeg: Buffer): Promise<Answer> {
  try {
    const command = new DetectModerationLabelsCommand({ Image: { Bytes: jpeg }, MinConfidence: leastConfidence });
    // Behind the SDK's retries, so that each of them is paid for.
    command.middlewareStack.add(
      (next) => async (request) => {
        await payFor(name, purse);
        return next(request);
      },
      { name: "paid", step: "finalizeRequest", priority: "low" },
    );
    return toAnswer((await client.send(command)).ModerationLabels);
  } catch (cause) {
    if (cause instanceof ModeratorError) throw cause;
    throw toError(cause);
  }
}

function toAnswer(received: readonly ModerationLabel[] | undefined): Answer {
  if (!Array.isArray(received))
    throw new ModeratorError(name, "BAD_ANSWER", "expected ModerationLabels, received none");
  const labels = received.map(toLabel);
  const confidence = nudityOf(labels);
  return { containsNudity: confidence >= nudityFrom, confidence, labels };
}

function toLabel({ Name, ParentName, Confidence }: ModerationLabel) {
  if (!Name || typeof Confidence !== "number" || !(Confidence >= 0 && Confidence <= 100))
    throw new ModeratorError(
      name,
      "BAD_ANSWER",
      `expected a label with a confidence of 0 to 100, received ${Confidence}`,
    );
  return { name: Name, parent: ParentName ?? "", confidence: Confidence };
}

/** What Rekognition itself, or the way to it, can fail with. */
type Answered = Exclude<ModeratorErrorCode, "BUDGET_SPENT">;

/** https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectModerationLabels.html and the SDK's own codes. */
const codes: Readonly<Record<string, Answered>> = {
  AccessDenied: "AUTH",
  AccessDeniedException: "AUTH",
  CredentialsProviderError: "AUTH",
  ExpiredToken: "AUTH",
  ExpiredTokenException: "AUTH",
  IncompleteSignatureException: "AUTH",
  InvalidClientTokenId: "AUTH",
  InvalidSignatureException: "AUTH",
  MissingAuthenticationTokenException: "AUTH",
  UnrecognizedClientException: "AUTH",
  LimitExceededException: "RATE_LIMITED",
  ProvisionedThroughputExceededException: "RATE_LIMITED",
  ThrottlingException: "RATE_LIMITED",
  TooManyRequestsException: "RATE_LIMITED",
  ImageTooLargeException: "BAD_ANSWER",
  InvalidImageFormatException: "BAD_ANSWER",
  InvalidParameterException: "BAD_ANSWER",
  SyntaxError: "BAD_ANSWER",
  SerializationException: "BAD_ANSWER",
};

const advice: Readonly<Record<Answered, string>> = {
  AUTH: "Allow rekognition:DetectModerationLabels to the role that asks",
  BAD_ANSWER: "The picture or the answer was not understood; a person decides",
  CONFIG: "Check the region",
  RATE_LIMITED: "Ask less often or have the account's quota raised",
  UNAVAILABLE: "It is asked again later",
};

function toError(cause: unknown): ModeratorError {
  const received = cause instanceof Error ? cause.name : typeof cause;
  const code = codes[received] ?? "UNAVAILABLE";
  return new ModeratorError(name, code, `expected labels, received ${received}. ${advice[code]}`, { cause });
}
