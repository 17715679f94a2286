package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	config "github.com/cert-manager/cert-manager/internal/apis/config/controller"
	configscheme "github.com/cert-manager/cert-manager/internal/apis/config/controller/scheme"
	defaults "github.com/cert-manager/cert-manager/internal/apis/config/controller/v1alpha1"
	"github.com/cert-manager/cert-manager/internal/apis/config/controller/validation"
	"github.com/cert-manager/cert-manager/internal/controller/feature"
	"github.com/cert-manager/cert-manager/internal/pem"
	configv1alpha1 "github.com/cert-manager/cert-manager/pkg/apis/config/controller/v1alpha1"
	"github.com/cert-manager/cert-manager/pkg/controller"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmechallenges"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmeorders"
	gateways "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/gateways"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificate-shim/ingresses"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	"github.com/cert-manager/cert-manager/pkg/controller/configfile"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/acme"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/vault"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/venafi"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	files "github.com/cert-manager/cert-manager/pkg/util/configfile"
	features "github.com/cert-manager/cert-manager/pkg/util/feature"
	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// runController is upstream's controller without its servers of metrics, health and profiles.
func runController(ctx context.Context, args []string) error {
	options, err := controllerOptions(args)
	if err != nil {
		return err
	}
	limits := options.PEMSizeLimitsConfig
	pem.SetGlobalSizeLimits(pem.NewSizeLimitsFromConfig(
		limits.MaxCertificateSize, limits.MaxPrivateKeySize, limits.MaxChainLength, limits.MaxBundleSize,
	))
	factory, err := controller.NewContextFactory(ctx, contextOptions(options))
	if err != nil {
		return err
	}
	if err := elect(ctx, factory, options.LeaderElectionConfig); err != nil {
		return err
	}
	shared, err := factory.Build()
	if err != nil {
		return err
	}
	ended := make(chan error)
	enabled := enabledControllers(options)
	for name, construct := range controller.Known() {
		if !enabled.Has(name) {
			continue
		}
		own, err := construct(factory)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		go func() { ended <- own.Run(options.NumberOfConcurrentWorkers, ctx) }()
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	if options.GatewayAPIConfig.Enabled {
		shared.GWShared.Start(ctx.Done())
	}
	return <-ended
}

// controllerOptions are defaults, then the file of --config, then flags.
func controllerOptions(args []string) (*config.ControllerConfiguration, error) {
	scheme, _, err := configscheme.NewSchemeAndCodecs()
	if err != nil {
		return nil, err
	}
	versioned := &configv1alpha1.ControllerConfiguration{}
	scheme.Default(versioned)
	options := &config.ControllerConfiguration{}
	if err := scheme.Convert(versioned, options, nil); err != nil {
		return nil, err
	}
	var file string
	flags := pflag.NewFlagSet("controller", pflag.ContinueOnError)
	flags.StringVar(&file, "config", "", "file of a ControllerConfiguration")
	flags.StringVar(&options.ClusterResourceNamespace, "cluster-resource-namespace", options.ClusterResourceNamespace, "")
	flags.StringVar(&options.LeaderElectionConfig.Namespace, "leader-election-namespace", options.LeaderElectionConfig.Namespace, "")
	flags.StringVar(&options.ACMEHTTP01Config.SolverImage, "acme-http01-solver-image", options.ACMEHTTP01Config.SolverImage, "")
	flags.IntVar(&options.MaxConcurrentChallenges, "max-concurrent-challenges", options.MaxConcurrentChallenges, "")
	logf.AddFlags(&options.Logging, flags)
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if file != "" {
		loader, err := files.NewConfigurationFSLoader(nil, file)
		if err != nil {
			return nil, err
		}
		read := configfile.New()
		if err := loader.Load(read); err != nil {
			return nil, err
		}
		read.Config.DeepCopyInto(options)
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
	}
	options.KubeConfig = os.Getenv("KUBECONFIG")
	if err := features.DefaultMutableFeatureGate.SetFromMap(options.FeatureGates); err != nil {
		return nil, err
	}
	if wrong := validation.ValidateControllerConfiguration(options, nil); len(wrong) > 0 {
		return nil, wrong.ToAggregate()
	}
	return options, logf.ValidateAndApply(&options.Logging)
}

// contextOptions leaves out how pods that solve challenges look: no ACME server is there.
func contextOptions(options *config.ControllerConfiguration) controller.ContextOptions {
	return controller.ContextOptions{
		Kubeconfig:         options.KubeConfig,
		KubernetesAPIQPS:   options.KubernetesAPIQPS,
		KubernetesAPIBurst: options.KubernetesAPIBurst,
		ACMEOptions: controller.ACMEOptions{
			HTTP01SolverImage:     options.ACMEHTTP01Config.SolverImage,
			DNS01CheckRetryPeriod: options.ACMEDNS01Config.CheckRetryPeriod,
		},
		SchedulerOptions: controller.SchedulerOptions{MaxConcurrentChallenges: options.MaxConcurrentChallenges},
		IssuerOptions:    controller.IssuerOptions{ClusterResourceNamespace: options.ClusterResourceNamespace},
		CertificateOptions: controller.CertificateOptions{
			EnableOwnerRef:                           options.EnableCertificateOwnerRef,
			CopiedAnnotationPrefixes:                 options.CopiedAnnotationPrefixes,
			CertificateRequestMinimumBackoffDuration: options.CertificateRequestMinimumBackoffDuration,
			CertificateRequestMaximumBackoffDuration: options.CertificateRequestMaximumBackoffDuration,
		},
		ConfigOptions: controller.ConfigOptions{EnableGatewayAPI: options.GatewayAPIConfig.Enabled},
	}
}

func enabledControllers(options *config.ControllerConfiguration) sets.Set[string] {
	enabled := sets.New(options.Controllers...)
	if enabled.Has("*") {
		enabled.Insert(defaults.DefaultEnabledControllers...)
	}
	if options.GatewayAPIConfig.Enabled && features.DefaultFeatureGate.Enabled(feature.ExperimentalGatewayAPISupport) {
		enabled.Insert(gateways.ControllerName)
	}
	return enabled
}

// elect returns once this process leads; it needs the rights to that lease.
func elect(ctx context.Context, factory *controller.ContextFactory, election config.LeaderElectionConfig) error {
	own, err := factory.Build("leader-election")
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	lock, err := resourcelock.NewWithLabels(
		resourcelock.LeasesResourceLock, election.Namespace, "cert-manager-controller",
		own.Client.CoreV1(), own.Client.CoordinationV1(),
		resourcelock.ResourceLockConfig{Identity: host, EventRecorder: own.Recorder},
		map[string]string{"app.kubernetes.io/managed-by": "cert-manager"},
	)
	if err != nil {
		return err
	}
	leads := make(chan struct{})
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:          lock,
		LeaseDuration: election.LeaseDuration,
		RenewDeadline: election.RenewDeadline,
		RetryPeriod:   election.RetryPeriod,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { close(leads) },
			OnStoppedLeading: func() { panic(errors.New("leader election lost")) },
		},
	})
	if err != nil {
		return err
	}
	go elector.Run(ctx)
	<-leads
	return nil
}
