import { together } from "../lib/rule.ts";

export const networkFlowLogs = together(
  {
    id: 71,
    name: "network-flow-logs",
    level: "mandatory",
    known: "FSBP EC2.6; NAG VPC7",
    checks: "What goes through each network, and what is refused there, is written down.",
    why: "After a break-in nobody could say what talked to whom.",
    mend: "make a FlowLog of the VPC with trafficType ALL.",
  },
  ["aws:ec2/vpc:Vpc"],
  (vpc, report, stack) => {
    const kept = stack.naming("aws:ec2/flowLog:FlowLog", "vpcId", vpc);
    if (!kept.some(({ props }) => props["trafficType"] === "ALL"))
      report(`Expected a FlowLog of all that goes through ${vpc.name}, found none.`);
  },
);
