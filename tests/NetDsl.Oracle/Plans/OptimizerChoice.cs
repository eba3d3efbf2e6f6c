using System.Numerics;
using NetDsl.Oracle.Format;

namespace NetDsl.Oracle.Plans;

/// <summary>An optimizer's configuration, for either element type.</summary>
internal sealed class OptimizerChoice
{
    private readonly string _algorithm;
    private readonly double[]? _learningRates;
    private readonly double _learningRate;
    private readonly double _weightDecay;
    private readonly double _momentum;
    private readonly double _dampening;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;

    /// <exception cref="UnsupportedException">The language lacks the algorithm or one of its settings.</exception>
    public OptimizerChoice(Settings settings)
    {
        settings.Ignore("op", "formula");
        _algorithm = settings.Text("algorithm");
        _learningRates = settings.Numbers("lr_per_step");
        _learningRate = _learningRates is null ? settings.Number("lr") : _learningRates[0];
        switch (_algorithm)
        {
            case "sgd":
                _weightDecay = settings.Number("weight_decay", 0);
                break;
            case "momentum":
                _momentum = settings.Number("momentum");
                _dampening = settings.Number("dampening", 0);
                _weightDecay = settings.Number("weight_decay", 0);
                break;
            case "nesterov":
                _momentum = settings.Number("momentum");
                _weightDecay = settings.Number("weight_decay", 0);
                break;
            case "momentum_textbook" or "nesterov_textbook":
                _momentum = settings.Number("momentum");
                break;
            case "adam" or "adamw" or "adam_eps_hat":
                (_beta1, _beta2, _epsilon) = (settings.Number("beta1"), settings.Number("beta2"), settings.Number("eps"));
                _weightDecay = settings.Number("weight_decay", 0);
                break;
            default:
                throw new UnsupportedException($"no optimizer '{_algorithm}'");
        }

        settings.RequireAllRead(_algorithm);
    }

    /// <summary>The learning rate of step <paramref name="step"/>, counted from 0.</summary>
    public double LearningRate(int step) => _learningRates?[step] ?? _learningRate;

    public Optimizer<T> Create<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => _algorithm switch
        {
            "sgd" => new Sgd<T>(_learningRate, _weightDecay),
            "momentum" => new Momentum<T>(_learningRate, _momentum, _dampening, _weightDecay),
            "momentum_textbook" => new Momentum<T>(_learningRate, _momentum, textbook: true),
            "nesterov" => new Nesterov<T>(_learningRate, _momentum, _weightDecay),
            "nesterov_textbook" => new Nesterov<T>(_learningRate, _momentum, textbook: true),
            _ => new Adam<T>(_learningRate, _beta1, _beta2, _epsilon, _weightDecay, epsilonHat: _algorithm == "adam_eps_hat", decoupledDecay: _algorithm == "adamw"),
        };
}
