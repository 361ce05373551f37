# METADATA
# scope: package
# title: Symbolic values
# description: What a value of a resource looks like that only a deployment can resolve.
package plumbline.lib.symbolic

# It is no part of the normalised form. Templates of CloudFormation have a function of theirs in its place, such as
# `{"Ref": "Days"}`; Terraform and the Serverless Framework have an expression, such as `${var.days}`.
is_symbolic(value) if is_object(value)

is_symbolic(value) if {
	is_string(value)
	contains(value, "${")
}
