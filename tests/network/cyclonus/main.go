// What Cyclonus' matcher, by which network plugins are tested, says of connections under NetworkPolicies. One JSON on standard
// input, one answer a question on standard output.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	v1 "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
)

type peer struct {
	Namespace       string            `json:"namespace"`
	NamespaceLabels map[string]string `json:"namespaceLabels"`
	Labels          map[string]string `json:"labels"`
	IP              string            `json:"ip"`
	External        bool              `json:"external"`
}

type question struct {
	From     int    `json:"from"`
	To       int    `json:"to"`
	Port     int    `json:"port"`
	PortName string `json:"portName"`
	Protocol string `json:"protocol"`
}

type input struct {
	Policies  []*networking.NetworkPolicy `json:"policies"`
	Peers     []peer                      `json:"peers"`
	Questions []question                  `json:"questions"`
}

func (p peer) traffic() *matcher.TrafficPeer {
	if p.External {
		return &matcher.TrafficPeer{IP: p.IP}
	}
	return &matcher.TrafficPeer{
		IP: p.IP,
		Internal: &matcher.InternalPeer{
			PodLabels:       p.Labels,
			NamespaceLabels: p.NamespaceLabels,
			Namespace:       p.Namespace,
		},
	}
}

func main() {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	policy := matcher.BuildNetworkPolicies(false, in.Policies)
	answers := make([]bool, len(in.Questions))
	for i, q := range in.Questions {
		traffic := &matcher.Traffic{
			Source:           in.Peers[q.From].traffic(),
			Destination:      in.Peers[q.To].traffic(),
			ResolvedPort:     q.Port,
			ResolvedPortName: q.PortName,
			Protocol:         v1.Protocol(q.Protocol),
		}
		answers[i] = policy.IsTrafficAllowed(traffic).IsAllowed()
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		os.Exit(1)
	}
}
