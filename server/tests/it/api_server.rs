//! A real API server asks, and heeds the answer.

use k8s_openapi::api::core::v1::Namespace;
use kube::Api;

use crate::cluster::Cluster;

#[tokio::test]
async fn the_api_server_of_the_tests_answers() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
    let default = namespaces.get("default").await.expect("it is there");
    assert_eq!(default.metadata.name.as_deref(), Some("default"));
}
