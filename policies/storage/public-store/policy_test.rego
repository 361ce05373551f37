package plumbline.storage.public_store_test

import data.plumbline.storage.public_store

test_public_store_is_denied if {
	public_store.deny == {{"msg": "bucket `uploads` is open to everybody", "fix": []}} with input as {"store": {
		"name": "uploads",
		"form": "bucket",
		"public": true,
	}}
}

test_store_that_is_not_public_passes if {
	count(public_store.deny) == 0 with input as {"store": {"name": "uploads", "form": "bucket", "public": false}}
}

# Absent is unknown.
test_store_of_which_that_is_not_known_passes if {
	count(public_store.deny) == 0 with input as {"store": {"name": "uploads", "form": "bucket"}}
}

test_each_form_has_its_word if {
	every form, word in {
		"bucket": "bucket",
		"cache": "cache",
		"database": "database",
		"log_group": "log group",
		"table": "table",
		"volume": "volume",
		"drawer": "store",
	} {
		public_store.deny == {{"msg": sprintf("%s `a` is open to everybody", [word]), "fix": []}} with input as {"store": {
			"name": "a",
			"form": form,
			"public": true,
		}}
	}
}

test_database_is_closed_where_it_says_that_it_is_open if {
	fixes(declared("aws_db_instance", {"publicly_accessible": true})) == {[{
		"op": "add",
		"path": ["resource", "publicly_accessible"],
		"value": false,
	}]}
}

test_bucket_is_closed_where_it_says_that_it_is_open if {
	every acl in ["authenticated-read", "public-read", "public-read-write"] {
		fixes(declared("aws_s3_bucket", {"acl": acl})) == {[{
			"op": "add",
			"path": ["resource", "acl"],
			"value": "private",
		}]}
	}
}

test_what_something_else_opens_has_no_fix if {
	every resource in [{}, {"acl": "private"}, {"acl": "log-delivery-write"}, {"publicly_accessible": false}] {
		fixes(declared("aws_s3_bucket", resource)) == {[]}
	}
	fixes(declared("AWS::S3::Bucket", {"acl": "public-read"})) == {[]}
}

fixes(of) := found if {
	found := {finding.fix | some finding in public_store.deny} with input as of
}

declared(kind, resource) := {
	"kind": kind,
	"resource": resource,
	"store": {"name": "a", "form": "bucket", "public": true},
}
