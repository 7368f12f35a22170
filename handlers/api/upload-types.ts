/** What an upload is to be, to the byte. */
export interface Announced {
  readonly key: string;
  readonly type: string;
  readonly bytes: number;
  /** User metadata, fit for a header. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface SignedForm {
  readonly url: string;
  /** Form fields that go before the file. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface SignedRequest {
  readonly url: string;
  /** To be sent exactly so. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Signs what somebody else may do with one key of the incoming bucket, for ten minutes. */
export interface UploadSigner {
  /** The whole file: exactly this type, this many bytes, these metadata. */
  form(upload: Announced): Promise<SignedForm>;
  create(upload: Announced): Promise<SignedRequest>;
  /** Exactly so many bytes. */
  part(key: string, uploadId: string, number: number, bytes: number): Promise<SignedRequest>;
  list(key: string, uploadId: string): Promise<SignedRequest>;
  complete(key: string, uploadId: string): Promise<SignedRequest>;
  abort(key: string, uploadId: string): Promise<SignedRequest>;
}

/** An upload in parts, and who began it. */
export interface BegunUpload extends Announced {
  readonly by: string;
}

export interface BegunUploads {
  keep(pictureId: string, upload: BegunUpload, until: Date): Promise<void>;
  /** Undefined when unknown or past its time. */
  get(pictureId: string): Promise<BegunUpload | undefined>;
}
