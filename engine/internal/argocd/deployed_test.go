package argocd

import (
	"encoding/json"
	"testing"
)

func TestDeployed(t *testing.T) {
	application := Application{Name: "app", Namespace: "there"}
	isClusterWide := func(_, kind string) bool { return kind == "Namespace" }
	for given, want := range map[string]string{
		`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"}}`:                 `[{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"app:apps/Deployment:there/a"},"name":"a","namespace":"there"}}]`,
		`{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"own"}}`:       `[{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"app:/Service:own/a"},"name":"a","namespace":"own"}}]`,
		`{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":7}}`:           `[{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"app:/Service:there/a"},"name":"a","namespace":"there"}}]`,
		`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a","annotations":{"b":1}}}`: `[{"apiVersion":"v1","kind":"Namespace","metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"app:/Namespace:there/a","b":1},"name":"a"}}]`,
		`{"kind":"CustomResourceDefinition","metadata":"none"}`:                                `[{"kind":"CustomResourceDefinition","metadata":{"annotations":{},"namespace":"there"}}]`,
		`{"kind":"List","items":[{"kind":"Namespace"},"x"]}`:                                   `[{"kind":"Namespace","metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"app:/Namespace:there/"}}}]`,
	} {
		var object map[string]any
		if err := json.Unmarshal([]byte(given), &object); err != nil {
			t.Fatal(err)
		}
		found, _ := json.Marshal(application.Deployed(object, isClusterWide))
		if string(found) != want {
			t.Errorf("%s:\n%s\nwant\n%s", given, found, want)
		}
		if after, _ := json.Marshal(object); len(after) != len(given) {
			t.Errorf("%s was changed: %s", given, after)
		}
	}
}
