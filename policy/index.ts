import { PolicyPack } from "@pulumi/policy";
import { bucketPublicAccessBlock } from "./rules/bucket-public-access-block.ts";

new PolicyPack("darkroom", { policies: [bucketPublicAccessBlock] });
