package plumbline.lib.pods_test

import data.plumbline.lib.pods

test_a_pod_that_says_so_is_for_windows if pods.is_windows with input as {"workload": {"runtime": {"os": "windows"}}}

test_other_pods_are_not if {
	every runtime in [{}, {"os": "linux"}, {"os": "Windows"}, {"os": null}, null] {
		not pods.is_windows with input as {"workload": {"runtime": runtime}}
	}
}
