import { type Answers, type Asked, hash, numbered } from "./asked.ts";

/** What stands in front: distributions, the HTTP API, the firewall, names, certificates and mail. */
export const front: Answers = {
  "pulumi:providers:aws": ({ name }) => ({ id: numbered(name), outputs: {} }),
  "aws:route53/healthCheck:HealthCheck": ({ name }) => {
    const id = numbered(name);
    return { id, outputs: { arn: `arn:aws:route53:::healthcheck/${id}` } };
  },
  "aws:apigatewayv2/domainName:DomainName": ({ name, inputs, region }) => {
    const [configuration] = [inputs["domainNameConfiguration"]].flat() as object[];
    const targetDomainName = `d-${hash(name, 10)}.execute-api.${region}.amazonaws.com`;
    return {
      id: String(inputs["domainName"]),
      outputs: {
        arn: `arn:aws:apigateway:${region}::/domainnames/${inputs["domainName"]}`,
        domainNameConfiguration: {
          ...configuration,
          targetDomainName,
          hostedZoneId: `Z${hash(region, 13).toUpperCase()}`,
        },
      },
    };
  },
  "aws:apigatewayv2/apiMapping:ApiMapping": ({ name }) => ({ id: hash(name, 6), outputs: {} }),
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
  "aws:wafv2/webAcl:WebAcl": ({ name, inputs, region, arn }) => {
    const id = numbered(name);
    const scope = inputs["scope"] === "CLOUDFRONT" ? "global" : "regional";
    return { id, outputs: { name, arn: arn("wafv2", `${scope}/webacl/${name}/${id}`, regionOf(inputs, region)) } };
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
  "aws:sesv2/emailIdentity:EmailIdentity": ({ inputs, region, arn }) => {
    const identity = String(inputs["emailIdentity"]);
    const tokens = ["1", "2", "3"].map((index) => hash(`${identity}${region}${index}`, 32));
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
  "aws:acm/certificate:Certificate": ({ name, inputs, region, arn }) => {
    const certificate = arn("acm", `certificate/${numbered(name)}`, regionOf(inputs, region));
    const names = [inputs["domainName"], ...((inputs["subjectAlternativeNames"] ?? []) as unknown[])].map(String);
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

/** A resource may stand elsewhere than its provider, because what uses it looks there. */
function regionOf(inputs: Asked["inputs"], region: string): string {
  return String(inputs["region"] ?? region);
}
