# METADATA
# scope: package
# title: Runtimes past their support
# description: A runtime past its end of support gets no more fixes for the holes that are found in it.
# custom:
#   id: deployment/end-of-life-runtime
#   severity: high
#   effect: deny
#   subject: workload
#   targets: ["aws/*", "gcp/*", "azure/*"]
#   controls: { nist-800-53: ["SA-22", "SI-2"] }
#   remediation: Move the function to a runtime that is supported, or build it as an image whose base you keep current.
package plumbline.deployment.end_of_life_runtime

deny contains {"msg": msg} if {
	input.workload.runtime.form == "function"
	date := end_of_support[input.platform][input.workload.runtime.language]
	time.now_ns() >= time.parse_rfc3339_ns(sprintf("%sT00:00:00Z", [date]))
	language := input.workload.runtime.language
	msg := sprintf("function `%v` runs on `%s`, whose support ended on %s", [input.workload.name, language, date])
}

# Clouds give one name to runtimes that end at different times.
end_of_support := {"aws": of_lambda, "azure": of_azure, "gcp": of_google}

# Deprecation dates of AWS, from the two tables of "Lambda runtimes" in its Developer Guide. Dates still to come are
# there where they are near; AWS has moved some of those that were far.
of_lambda := {
	"dotnet5.0": "2022-05-10",
	"dotnet6": "2024-12-20",
	"dotnet7": "2024-05-14",
	"dotnet8": "2026-11-10",
	"dotnetcore1.0": "2019-06-27",
	"dotnetcore2.0": "2019-05-30",
	"dotnetcore2.1": "2022-01-05",
	"dotnetcore3.1": "2023-04-03",
	"go1.x": "2024-01-08",
	"java11": "2027-06-30",
	"java17": "2027-06-30",
	"java8": "2024-01-08",
	"java8.al2": "2027-06-30",
	"nodejs": "2016-10-31",
	"nodejs4.3": "2020-03-05",
	"nodejs4.3-edge": "2020-03-05",
	"nodejs6.10": "2019-08-12",
	"nodejs8.10": "2020-03-06",
	"nodejs10.x": "2021-07-30",
	"nodejs12.x": "2023-03-31",
	"nodejs14.x": "2023-12-04",
	"nodejs16.x": "2024-06-12",
	"nodejs18.x": "2025-09-01",
	"nodejs20.x": "2026-04-30",
	"nodejs22.x": "2027-04-30",
	"provided": "2024-01-08",
	"provided.al2": "2026-07-31",
	"python2.7": "2021-07-15",
	"python3.6": "2022-07-18",
	"python3.7": "2023-12-04",
	"python3.8": "2024-10-14",
	"python3.9": "2025-12-15",
	"python3.10": "2026-10-31",
	"python3.11": "2027-06-30",
	"ruby2.5": "2021-07-30",
	"ruby2.7": "2023-12-07",
	"ruby3.2": "2026-03-31",
	"ruby3.3": "2027-03-31",
}

# Azure supports a language as long as those who make it do, by the "Language runtime support policy" of its functions.
of_azure := {
	"dotnet3.1": "2022-12-13",
	"dotnet6.0": "2024-11-12",
	"dotnet7.0": "2024-05-14",
	"dotnet8.0": "2026-11-10",
	"nodejs12": "2022-04-30",
	"nodejs14": "2023-04-30",
	"nodejs16": "2023-09-11",
	"nodejs18": "2025-04-30",
	"nodejs20": "2026-04-30",
	"nodejs22": "2027-04-30",
	"powershell7": "2022-12-03",
	"powershell7.2": "2024-11-08",
	"powershell7.4": "2026-11-10",
	"python3.6": "2021-12-23",
	"python3.7": "2023-06-27",
	"python3.8": "2024-10-07",
	"python3.9": "2025-10-31",
	"python3.10": "2026-10-31",
	"python3.11": "2027-10-31",
}

# Deprecation dates of Google Cloud, from "Runtime support" in the documentation of Cloud Run functions.
of_google := {
	"dotnet3": "2024-01-30",
	"dotnet6": "2024-11-12",
	"go113": "2024-01-30",
	"go116": "2024-01-30",
	"nodejs6": "2019-04-17",
	"nodejs8": "2020-06-05",
	"nodejs10": "2024-01-30",
	"nodejs12": "2024-01-30",
	"nodejs14": "2024-01-30",
	"nodejs16": "2024-01-30",
	"nodejs18": "2025-04-30",
	"nodejs20": "2026-04-30",
	"nodejs22": "2027-04-30",
	"php74": "2024-01-30",
	"python37": "2024-01-30",
	"python38": "2024-10-14",
	"python39": "2025-10-05",
	"ruby26": "2024-01-30",
	"ruby27": "2024-01-30",
}
