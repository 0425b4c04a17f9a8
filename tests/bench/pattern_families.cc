// Patterns by the hundred, as catalogues of error codes have them: a message
// with one word of a list in it. `@` is the word.
#include <deque>
#include <string>

#include "runtime/base/check.h"
#include "tests/bench/patterns.h"

namespace telltale::bench {

namespace {

using Words = std::span<const std::string_view>;

struct Family {
  std::string_view name;
  std::string_view tell;
  std::string_view regex;
  std::string_view sample;
  Words words;  // letters, digits, blanks and `_` only: the same in a regex
};

// clang-format off
constexpr std::string_view kCuda[] = {
  "InvalidValue", "MemoryAllocation", "InitializationError", "CudartUnloading", "ProfilerDisabled",
  "InvalidConfiguration", "InvalidPitchValue", "InvalidSymbol", "InvalidHostPointer", "InvalidTexture",
  "InvalidChannelDescriptor", "InvalidMemcpyDirection", "StubLibrary", "InsufficientDriver", "CallRequiresNewerDriver",
  "InvalidSurface", "DuplicateVariableName", "DevicesUnavailable", "IncompatibleDriverContext", "MissingConfiguration",
  "LaunchMaxDepthExceeded", "LaunchFileScopedTex", "SyncDepthExceeded", "LaunchPendingCountExceeded",
  "InvalidDeviceFunction", "NoDevice", "InvalidDevice", "DeviceNotLicensed", "StartupFailure", "InvalidKernelImage",
  "DeviceUninitialized", "MapBufferObjectFailed", "UnmapBufferObjectFailed", "ArrayIsMapped", "AlreadyMapped",
  "NoKernelImageForDevice", "AlreadyAcquired", "NotMapped", "ECCUncorrectable", "UnsupportedLimit", "DeviceAlreadyInUse",
  "PeerAccessUnsupported", "InvalidPtx", "InvalidGraphicsContext", "NvlinkUncorrectable", "JitCompilerNotFound",
  "UnsupportedPtxVersion", "InvalidSource", "FileNotFound", "SharedObjectSymbolNotFound", "OperatingSystem",
  "InvalidResourceHandle", "IllegalState", "SymbolNotFound", "NotReady", "IllegalAddress", "LaunchOutOfResources",
  "LaunchTimeout", "PeerAccessAlreadyEnabled", "ContextIsDestroyed", "Assert", "TooManyPeers", "HardwareStackError",
  "IllegalInstruction", "MisalignedAddress", "InvalidAddressSpace", "InvalidPc", "LaunchFailure", "NotPermitted",
  "SystemNotReady", "SystemDriverMismatch", "StreamCaptureInvalidated", "GraphExecUpdateFailure", "ExternalDevice",
};
constexpr std::string_view kLibraryStatus[] = {
  "NOT_INITIALIZED", "ALLOC_FAILED", "INVALID_VALUE", "ARCH_MISMATCH", "MAPPING_ERROR", "EXECUTION_FAILED",
  "INTERNAL_ERROR", "NOT_SUPPORTED", "LICENSE_ERROR", "BAD_PARAM", "RUNTIME_PREREQUISITE_MISSING",
  "RUNTIME_IN_PROGRESS", "RUNTIME_FP_OVERFLOW", "VERSION_MISMATCH",
};
constexpr std::string_view kXids[] = {
  "8", "13", "24", "25", "26", "27", "28", "29", "30", "31", "32", "38", "43", "45", "46", "48", "54", "56", "57", "58",
  "60", "61", "62", "63", "64", "65", "68", "69", "74", "78", "79", "80", "81", "92", "94", "95", "109", "110", "119",
  "120", "121", "122", "123", "136", "140", "143", "144", "145", "149", "154",
};
constexpr std::string_view kModules[] = {
  "torch", "flash_attn", "xformers", "apex", "deepspeed", "transformer_engine", "bitsandbytes", "triton", "vllm", "sglang",
  "megatron", "peft", "trl", "datasets", "tokenizers", "sentencepiece", "tiktoken", "safetensors", "accelerate", "wandb",
  "einops", "causal_conv1d", "mamba_ssm", "pynvml", "cupy", "ray", "mpi4py", "numba", "onnxruntime", "tensorrt_llm",
  "auto_gptq", "awq", "optimum", "evaluate", "rouge_score", "fairscale", "colossalai", "lightning", "hydra", "omegaconf",
  "llama_cpp", "gguf", "outlines", "xgrammar", "lm_eval", "fastapi", "uvicorn", "pydantic", "packaging", "regex",
};
constexpr std::string_view kExceptions[] = {
  "RuntimeError", "ValueError", "TypeError", "IndexError", "AttributeError", "FileNotFoundError", "PermissionError",
  "NotImplementedError", "OSError", "MemoryError", "RecursionError", "UnicodeDecodeError", "ZeroDivisionError",
  "OverflowError", "EOFError", "BrokenPipeError", "ConnectionResetError", "ConnectionRefusedError", "TimeoutError",
  "JSONDecodeError", "PicklingError", "UnpicklingError", "BadZipFile", "SafetensorError", "HFValidationError",
  "LocalEntryNotFoundError", "EntryNotFoundError", "RevisionNotFoundError", "DistBackendError", "DistStoreError",
};
constexpr std::string_view kErrnos[] = {
  "Operation not permitted", "No such process", "Interrupted system call", "Input output error", "Exec format error",
  "Bad file descriptor", "Cannot allocate memory", "Permission denied", "Device or resource busy", "File exists",
  "Not a directory", "Is a directory", "Too many open files", "File too large", "No space left on device",
  "Read only file system", "Broken pipe", "Disk quota exceeded", "Stale file handle", "Connection timed out",
  "Connection refused", "Connection reset by peer", "No route to host", "Network is unreachable", "Host is down",
  "Address already in use", "Protocol not available", "Transport endpoint is not connected", "Remote address changed",
  "Too many levels of symbolic links", "File name too long", "Directory not empty", "Bad message", "Value too large",
  "Accessing a corrupted shared library", "Link has been severed", "Key has expired", "Owner died", "State not recoverable",
};
constexpr std::string_view kKubernetes[] = {
  "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "CreateContainerConfigError",
  "CreateContainerError", "RunContainerError", "InvalidImageName", "RegistryUnavailable", "NetworkPluginNotReady",
  "FailedScheduling", "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "FailedPostStartHook",
  "FailedPreStopHook", "NodeNotReady", "NodeHasDiskPressure", "NodeHasInsufficientMemory", "EvictionThresholdMet",
  "ExceededGracePeriod", "BackoffLimitExceeded", "DeadlineExceeded", "UnexpectedAdmissionError", "TaintManagerEviction",
};
constexpr std::string_view kSlurm[] = {
  "BOOT_FAIL", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REQUEUE_FED", "RESV_DEL_HOLD",
  "SIGNALING", "SPECIAL_EXIT", "STAGE_OUT", "TIMEOUT", "LAUNCH_FAILED", "RECONFIG_FAIL", "POWER_UP_NODE",
};
constexpr std::string_view kSignals[] = {
  "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
  "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGSYS",
};
constexpr std::string_view kHttp[] = {
  "400 Bad Request", "401 Unauthorized", "402 Payment Required", "403 Forbidden", "404 Not Found", "405 Method Not Allowed",
  "406 Not Acceptable", "407 Proxy Authentication Required", "408 Request Timeout", "409 Conflict", "410 Gone",
  "411 Length Required", "413 Payload Too Large", "414 URI Too Long", "415 Unsupported Media Type",
  "416 Range Not Satisfiable", "421 Misdirected Request", "423 Locked", "424 Failed Dependency", "428 Precondition Required",
  "431 Request Header Fields Too Large", "451 Unavailable For Legal Reasons", "500 Internal Server Error",
  "501 Not Implemented", "502 Bad Gateway", "504 Gateway Timeout", "507 Insufficient Storage", "508 Loop Detected",
};
constexpr std::string_view kCompiler[] = {
  "C1083", "C2039", "C2065", "C2146", "C2220", "C2275", "C2440", "C2664", "C2672", "C2679", "C2784", "C2872", "C3203",
  "C3861", "C4996", "E0020", "E0070", "E0135", "E0167", "E0265", "E0282", "E0304", "E0308", "E0382", "E0425", "E0432",
  "E0433", "E0499", "E0502", "E0505", "E0597", "E0599", "LNK1104", "LNK1120", "LNK1181", "LNK2001", "LNK2005", "LNK2019",
};
constexpr std::string_view kFiles[] = {
  "config_json", "tokenizer_json", "tokenizer_config", "tokenizer_model", "generation_config", "preprocessor_config",
  "special_tokens_map", "model_safetensors", "pytorch_model_bin", "model_index", "adapter_config", "adapter_model",
  "vocab_json", "merges_txt", "params_json", "consolidated_pth", "optimizer_pt", "scheduler_pt", "rng_state",
  "trainer_state", "zero_pp_rank", "latest_tag", "universal_ckpt", "dataset_info", "state_json",
};
constexpr std::string_view kDtypes[] = {
  "BFloat16", "Half", "Float8_e4m3fn", "Float8_e5m2", "ComplexHalf", "QInt8", "QUInt4x2", "UInt16", "Int4Packed",
  "MXFP4", "NVFP4", "Bool8", "ComplexDouble", "Double", "Long",
};
constexpr std::string_view kOperators[] = {
  "addmm", "baddbmm", "scaled_dot_product_attention", "layer_norm", "rms_norm", "index_select", "embedding_bag",
  "scatter_add", "masked_fill", "softmax_backward", "cross_entropy", "conv_depthwise", "grid_sampler", "upsample_bicubic",
  "fft_r2c", "linalg_cholesky", "linalg_svd", "nonzero_static", "multinomial", "bincount", "topk_stable", "sort_stable",
  "cumprod_backward", "logcumsumexp", "unique_consecutive", "group_norm", "lstm_cell", "rotary_embedding",
  "paged_attention", "moe_align_block", "quantize_fp8", "dequantize_nf4", "allreduce_coalesced", "alltoall_base",
  "reduce_scatter", "broadcast_object", "barrier_monitor",
};
constexpr std::string_view kNccl[] = {
  "Call to ibv_modify_qp failed", "Call to ibv_reg_mr failed", "Call to ibv_create_cq failed", "Call to ibv_open_device failed",
  "Call to connect returned", "Call to bind failed", "Call to recv from", "Call to posix_fallocate failed",
  "Cuda failure", "Error while creating shared memory segment", "Failed to open libibverbs", "Bootstrap root",
  "Duplicate GPU detected", "Invalid config blocking", "Mismatched collective", "Unable to register memory",
  "Unexpected remote rank", "Socket timed out", "transport not supported", "proxy progress thread died",
  "Net device is down", "peer mapping resources exhausted", "Local work completion error", "Remote protocol mismatch",
};
constexpr std::string_view kServing[] = {
  "max_num_batched_tokens", "max_model_len", "tensor_parallel_size", "pipeline_parallel_size", "gpu_memory_utilization",
  "swap_space", "block_size", "max_num_seqs", "kv_cache_dtype", "quantization_param_path", "speculative_model",
  "num_speculative_tokens", "lora_modules", "chat_template", "served_model_name", "rope_scaling", "rope_theta",
  "enable_chunked_prefill", "guided_decoding_backend", "tool_call_parser", "load_format", "tokenizer_mode",
  "distributed_executor_backend", "data_parallel_rank", "expert_parallel", "attention_backend", "mm_processor_kwargs",
  "limit_mm_per_prompt", "cpu_offload_gb", "num_gpu_blocks_override", "max_logprobs", "preemption_mode",
};
constexpr std::string_view kDrivers[] = {
  "nvidia_uvm", "nvidia_peermem", "nvidia_fs", "gdrdrv", "mlx5_ib", "rdma_ucm", "irdma", "efa", "bnxt_re", "habanalabs",
  "amdgpu", "xe_guc", "i915_gsc", "nvme_tcp", "ceph_fs", "lustre_client", "gpfs_mmfs", "beegfs_meta", "weka_fs", "zfs_arc",
};
constexpr std::string_view kChecks[] = {
  "shape mismatch", "stride overflow", "rank disagreement", "duplicate key", "missing shard", "corrupt footer",
  "stale lease", "bad checksum", "short read", "torn write", "clock skew", "lost heartbeat", "split brain", "orphan lock",
  "negative count", "zero denominator", "unaligned base", "unknown opcode", "empty batch", "full ring",
  "double free", "use after free", "heap overflow", "stack smash", "null handle", "dead peer", "cyclic graph",
  "unbound name", "wrong device", "mixed layouts",
};

constexpr Family kFamilies[] = {
  {"cuda_error", R"~("CUDA error: cudaError@"w)~", R"~(CUDA error: cudaError@\b)~",
   "CUDA error: cudaError@ in %w at %F:%i", kCuda},
  {"cublas", R"~("CUBLAS_STATUS_@ when calling `{call}`")~", R"~(CUBLAS_STATUS_@ when calling `.*`)~",
   "RuntimeError: CUDA error: CUBLAS_STATUS_@ when calling `cublasCreate(handle)`", kLibraryStatus},
  {"cudnn", R"~("cuDNN error: CUDNN_STATUS_@"w)~", R"~(cuDNN error: CUDNN_STATUS_@\b)~",
   "RuntimeError: cuDNN error: CUDNN_STATUS_@", kLibraryStatus},
  {"cusolver", R"~("cusolver error: CUSOLVER_STATUS_@, ")~", R"~(cusolver error: CUSOLVER_STATUS_@, )~",
   "cusolver error: CUSOLVER_STATUS_@, when calling %w", kLibraryStatus},
  {"xid", R"~("NVRM: Xid (PCI:{gpu:pci}): @, ")~", R"~(NVRM: Xid \(PCI:<pci>\): @, )~",
   "NVRM: Xid (PCI:%p): @, pid=%P, name=python, Ch 00000008", kXids},
  {"no_module", R"~("ModuleNotFoundError: No module named '@'")~", R"~(ModuleNotFoundError: No module named '@')~",
   "ModuleNotFoundError: No module named '@'", kModules},
  {"no_name", R"~("ImportError: cannot import name '{name}' from '@'")~", R"~(ImportError: cannot import name '.*' from '@')~",
   "ImportError: cannot import name '%w' from '@' (%F)", kModules},
  {"raised", R"~("raised exception @ in rank {rank:int} after {n:int} steps")~",
   R"~(raised exception @ in rank <int> after <int> steps)~", "worker raised exception @ in rank %r after %i steps",
   kExceptions},
  {"errno", R"~("failed: errno {code:int} (@)")~", R"~(failed: errno <int> \(@\))~",
   "open of %F failed: errno %i (@)", kErrnos},
  {"pod", R"~("reason=@ pod={pod:word}")~", R"~(reason=@ pod=\S)~", "Warning reason=@ pod=%w-%i", kKubernetes},
  {"job_state", R"~("JobState=@ Reason={why:word}")~", R"~(JobState=@ Reason=\S)~",
   "JobId=%P JobState=@ Reason=%w", kSlurm},
  {"signal", R"~("terminated by signal @ (core {what:(dumped|not dumped)})")~",
   R"~(terminated by signal @ \(core (?:dumped|not dumped)\))~",
   "process %P terminated by signal @ (core dumped)", kSignals},
  {"http", R"~("upstream replied {proto:/HTTP\/[12]\.[01]/} @")~", R"~(upstream replied HTTP/[12]\.[01] @)~",
   "gateway: upstream replied HTTP/1.1 @", kHttp},
  {"compiler", R"~("): error @: ")~", R"~(\): error @: )~", "%F(%i): error @: %w does not fit %w", kCompiler},
  {"missing_file", R"~("{repo} does not appear to have a file named @"w)~",
   R"~( does not appear to have a file named @\b)~", "OSError: %m does not appear to have a file named @", kFiles},
  {"dtype", R"~("not implemented for '@'")~", R"~(not implemented for '@')~",
   "RuntimeError: \"%w_cuda\" not implemented for '@'", kDtypes},
  {"operator", R"~("aten::@' is not implemented for the {device:(MPS|XPU|HPU|NPU)} device")~",
   R"~(aten::@' is not implemented for the (?:MPS|XPU|HPU|NPU) device)~",
   "NotImplementedError: The operator 'aten::@' is not implemented for the MPS device", kOperators},
  {"nccl_warn", R"~("NCCL WARN @"w)~", R"~(NCCL WARN @\b)~",
   "%h:%P:%P [%n] misc/socket.cc:%i NCCL WARN @", kNccl},
  {"argument", R"~("invalid value for --@: {value:int}")~", R"~(invalid value for --@: <int>)~",
   "vllm serve: error: invalid value for --@: %i (got %w)", kServing},
  {"driver", R"~("module @ failed to load: {code:int}")~", R"~(module @ failed to load: <int>)~",
   "kernel module @ failed to load: %i, unload first", kDrivers},
  {"check", R"~(/(?:CHECK|assert) failed: @ in \w+/)~", R"~((?:CHECK|assert) failed: @ in \w)~",
   "CHECK failed: @ in %w", kChecks},
  {"either_case", R"~("fatal: @"i)~", R"~((?i:fatal: @))~", "FATAL: @ near step %i", kChecks},
  {"two_parts", R"~("[{component:word}] lost @ {gap} giving up")~", R"~(\[\S+\] lost @ .* giving up)~",
   "[%w] lost @ while serving %i requests, giving up", kModules},
  {"numbers", R"~("@ kernel took {t:float} ms, limit {limit:float} ms exceeded")~",
   R"~(@ kernel took <float> ms, limit <float> ms exceeded)~",
   "@ kernel took %f ms, limit %f ms exceeded", kOperators},
  {"quota", R"~("quota of @ exceeded by {over:bytes} on {host:word}")~",
   R"~(quota of @ exceeded by <bytes> on \S)~", "quota of @ exceeded by %b on %h", kModules},
  {"version", R"~("requires @ >= {want:version} but {have:version} is installed")~",
   R"~(requires @ >= <version> but <version> is installed)~",
   "%w requires @ >= %v but %v is installed", kModules},
  {"exit_class", R"~("exit class @ (code {code:int})")~", R"~(exit class @ \(code <int>\))~",
   "agent: exit class @ (code %i)", kExceptions},
  {"gave_up", R"~("gave up on @ after {n:int} attempts")~", R"~(gave up on @ after <int> attempts)~",
   "uploader gave up on @ after %i attempts", kFiles},
  {"flag_conflict", R"~("--@ cannot be used with --{other:word}")~", R"~(--@ cannot be used with --\S)~",
   "error: --@ cannot be used with --%w", kServing},
  {"torn", R"~("checkpoint part @ is torn at byte {at:int}")~", R"~(checkpoint part @ is torn at byte <int>)~",
   "checkpoint part @ is torn at byte %i of %i", kFiles},
  {"oom_in", R"~("ran out of memory in @ ({want:bytes} wanted)")~",
   R"~(ran out of memory in @ \(<bytes> wanted\))~", "ran out of memory in @ (%b wanted)", kOperators},
  {"host_fault", R"~("host {host:word}: @: giving node back")~", R"~(host \S+: @: giving node back)~",
   "host %h: @: giving node back", kErrnos},
};
// clang-format on

// A part of a pattern with the word in the place of `@`, kept for good.
std::string_view Made(std::string_view text, std::string_view word) {
  static std::deque<std::string> kept;
  std::string& out = kept.emplace_back(text);
  for (size_t at = out.find('@'); at != std::string::npos;
       at = out.find('@', at + word.size())) {
    out.replace(at, 1, word);
  }
  return out;
}

Pattern MakePattern(const Family& family, size_t index) {
  const std::string_view word = family.words[index];
  const std::string name(family.name);
  return {Made(name + "_@", std::to_string(index)), Made(family.tell, word),
          Made(family.regex, word), Made(family.sample, word)};
}

// One of each family, then another of each, and so on.
void AddFamilies(size_t count, std::vector<Pattern>* patterns) {
  size_t longest = 0;
  for (const Family& family : kFamilies) {
    longest = std::max(longest, family.words.size());
  }
  for (size_t index = 0; index < longest; ++index) {
    for (const Family& family : kFamilies) {
      if (patterns->size() == count) {
        return;
      }
      if (index < family.words.size()) {
        patterns->push_back(MakePattern(family, index));
      }
    }
  }
}

void AddClasses(size_t count, std::vector<Pattern>* patterns) {
  const size_t wanted = patterns->size() + count;
  for (const Pattern& pattern : ClassPatterns()) {
    if (patterns->size() < wanted) {
      patterns->push_back(pattern);
    }
  }
  // Codes of letters and digits, as vendors number their faults.
  for (size_t letters = 2; patterns->size() < wanted; ++letters) {
    for (size_t digits = 3; digits < 10 && patterns->size() < wanted;
         ++digits) {
      const std::string code = "\\b[A-Z]{" + std::to_string(letters) +
                               "}-\\d{" + std::to_string(digits) + "}[a-f]\\b";
      const std::string sample = "unit reports " + std::string(letters, 'Q') +
                                 "-" + std::string(digits, '7') + "c and stops";
      const std::string name =
          "code_" + std::to_string(letters) + "_" + std::to_string(digits);
      patterns->push_back({Made(name, ""), Made("/" + code + "/", ""),
                           Made(code, ""), Made(sample, "")});
    }
  }
}

}  // namespace

std::vector<Pattern> MakePatterns(size_t count, bool classes) {
  // As many as in the sets that this follows: 5 of 100, 50 of 1,000.
  const size_t without_literal =
      !classes ? 0 : std::max(count / 20, size_t{count < 100 ? 0U : 3U});
  const size_t literal = count - without_literal;
  std::vector<Pattern> patterns;
  const std::span<const Pattern> table = LiteralPatterns();
  // Few are spread over the table, which is sorted by subject.
  const size_t step =
      std::max<size_t>(1, table.size() / std::max<size_t>(1, literal));
  for (size_t k = 0; k < table.size() && patterns.size() < literal; k += step) {
    patterns.push_back(table[k]);
  }
  AddFamilies(literal, &patterns);
  AddClasses(without_literal, &patterns);
  return patterns;
}

size_t MostPatterns() {
  size_t count = LiteralPatterns().size();
  for (const Family& family : kFamilies) {
    count += family.words.size();
  }
  return count;
}

}  // namespace telltale::bench
