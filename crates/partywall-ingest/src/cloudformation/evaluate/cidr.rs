//! [`Fn::Cidr`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html):
//! blocks of equal size, cut from the start of a larger one.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use partywall_model::Value;

use crate::cloudformation::node::Node;
use crate::cloudformation::stack::Stack;
use crate::cloudformation::symbol::{derived, scalar_text, symbol};

impl Stack<'_> {
    pub(super) fn cidr(&self, argument: &Node) -> Value {
        let [block, count, bits] = argument.items() else {
            return self.fails(argument, "Fn::Cidr", "it takes a block, a count and the bits of each subnet".into());
        };
        let values = [block, count, bits].map(|node| self.value(node));
        let [block, count, bits] = values.each_ref().map(scalar_text);
        let [block_value, count_value, bits_value] = &values;
        let expression = format!("Fn::Cidr({}, {}, {})", symbol(block_value), symbol(count_value), symbol(bits_value));
        let count = count.and_then(|text| text.parse::<usize>().ok());
        let bits = bits.and_then(|text| text.parse::<u8>().ok());
        match (block, count, bits) {
            (Some(block), Some(count @ 1..=256), Some(bits)) => match subnets(&block, count, bits) {
                Ok(blocks) => Value::list(blocks.into_iter().map(Value::text)),
                Err(how) => self.fails(argument, &expression, how),
            },
            (None, Some(count @ 1..=256), Some(_)) if block_value.first_unknown().is_some() => {
                match block_value.first_unknown() {
                    Some(unknown) => {
                        Value::list((0..count).map(|position| derived(format!("{expression}[{position}]"), unknown)))
                    }
                    None => Value::Null,
                }
            }
            _ => match values.iter().find_map(Value::first_unknown) {
                Some(unknown) => derived(expression, unknown),
                None => self.fails(
                    argument,
                    &expression,
                    "the count is from 1 to 256 and the bits are a whole number".into(),
                ),
            },
        }
    }
}

fn subnets(block: &str, count: usize, bits: u8) -> Result<Vec<String>, String> {
    let block: IpNet = block.parse().map_err(|_| format!("`{block}` is no address block"))?;
    let too_large = || format!("{count} blocks of {bits} bits do not fit into `{block}`");
    let prefix = block.max_prefix_len().checked_sub(bits).ok_or_else(too_large)?;
    let blocks: Vec<String> = match block {
        IpNet::V4(net) => {
            Ipv4Net::subnets(&net, prefix).map_err(|_| too_large())?.take(count).map(|net| net.to_string()).collect()
        }
        IpNet::V6(net) => {
            Ipv6Net::subnets(&net, prefix).map_err(|_| too_large())?.take(count).map(|net| net.to_string()).collect()
        }
    };
    if blocks.len() == count { Ok(blocks) } else { Err(too_large()) }
}
