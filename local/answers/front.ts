import { type Answers, type Asked, hash, numbered } from "./asked.ts";

/** What stands in front: distributions, the HTTP API, the firewall, names, certificates and mail. */
export const front: Answers = {
  "aws:cloudfront/distribution:Distribution": ({ name, arn }) => {
    const id = `E${hash(name, 13).toUpperCase()}`;
    return {
      id,
      outputs: {
        arn: arn("cloudfront", `distribution/${id}`, ""),
        domainName: `d${hash(name, 13)}.cloudfront.net`,
        hostedZoneId: "Z2FDTNDATAQYW2",
        status: "Deployed",
      },
    };
  },
  "aws:cloudfront/originAccessControl:OriginAccessControl": ({ name }) => ({
    id: `E${hash(name, 13).toUpperCase()}`,
    outputs: { name, etag: hash(name, 8) },
  }),
  "aws:cloudfront/cachePolicy:CachePolicy": ({ name }) => ({
    id: numbered(name),
    outputs: { name, etag: hash(name, 8) },
  }),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": ({ name }) => ({
    id: numbered(name),
    outputs: { name, etag: hash(name, 8) },
  }),
  "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": ({ name }) => ({
    id: numbered(name),
    outputs: { name, etag: hash(name, 8) },
  }),
  "aws:wafv2/webAcl:WebAcl": ({ name, inputs, arn }) => {
    const id = numbered(name);
    const scope = inputs["scope"] === "CLOUDFRONT" ? "global" : "regional";
    return { id, outputs: { name, arn: arn("wafv2", `${scope}/webacl/${name}/${id}`, regionOf(inputs)) } };
  },
  "aws:apigatewayv2/api:Api": ({ name, region, arn }) => {
    const id = hash(name, 10);
    const apiEndpoint = `https://${id}.execute-api.${region}.amazonaws.com`;
    return {
      id,
      outputs: {
        name,
        apiEndpoint,
        arn: `arn:aws:apigateway:${region}::/apis/${id}`,
        executionArn: arn("execute-api", id),
      },
    };
  },
  "aws:apigatewayv2/stage:Stage": ({ name, inputs, region, arn }) => {
    const api = String(inputs["apiId"]);
    return {
      id: name,
      outputs: {
        arn: `arn:aws:apigateway:${region}::/apis/${api}/stages/${name}`,
        executionArn: arn("execute-api", `${api}/${name}`),
        invokeUrl: `https://${api}.execute-api.${region}.amazonaws.com/`,
      },
    };
  },
  "aws:apigatewayv2/integration:Integration": ({ name }) => ({ id: hash(name, 7), outputs: {} }),
  "aws:apigatewayv2/route:Route": ({ name }) => ({ id: hash(name, 7), outputs: {} }),
  "aws:sesv2/configurationSet:ConfigurationSet": ({ name, arn }) => ({
    id: name,
    outputs: { arn: arn("ses", `configuration-set/${name}`) },
  }),
  "aws:sesv2/emailIdentity:EmailIdentity": ({ inputs, arn }) => {
    const identity = String(inputs["emailIdentity"]);
    const tokens = ["1", "2", "3"].map((index) => hash(`${identity}${index}`, 32));
    return {
      id: identity,
      outputs: {
        arn: arn("ses", `identity/${identity}`),
        identityType: identity.includes("@") ? "EMAIL_ADDRESS" : "DOMAIN",
        dkimSigningAttributes: { tokens },
        verifiedForSendingStatus: true,
      },
    };
  },
  "aws:route53/record:Record": ({ inputs }) => {
    const fqdn = String(inputs["name"]);
    return { id: `${inputs["zoneId"]}_${fqdn}_${inputs["type"]}`, outputs: { fqdn } };
  },
  "aws:acm/certificate:Certificate": ({ name, inputs, arn }) => {
    const certificate = arn("acm", `certificate/${numbered(name)}`, regionOf(inputs));
    const names = [inputs["domainName"], ...(inputs["subjectAlternativeNames"] as unknown[])].map(String);
    const domainValidationOptions = names.map((domainName) => ({
      domainName,
      resourceRecordName: `_${hash(domainName, 32)}.${domainName}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: `_${hash(`${domainName}=`, 32)}.acm-validations.aws.`,
    }));
    return { id: certificate, outputs: { arn: certificate, domainValidationOptions } };
  },
  "aws:acm/certificateValidation:CertificateValidation": ({ inputs }) => ({
    id: String(inputs["certificateArn"]),
    outputs: {},
  }),
};

/** Of a resource that stands elsewhere than the stack, because what uses it looks there. */
function regionOf(inputs: Asked["inputs"]): string {
  return String(inputs["region"]);
}
