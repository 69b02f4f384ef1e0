package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The headers of Standard Webhooks.
const (
	headerID        = "webhook-id"
	headerTimestamp = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

const (
	secretPrefix   = "whsec_"
	minSecretBytes = 24
	maxSecretBytes = 64
	maxSecrets     = 8
	maxSecretFile  = 4 << 10
)

// sign returns the signature header: one v1 signature for each secret, separated
// by spaces. What is signed is the id, the time in seconds and the body, joined by dots.
func sign(secrets [][]byte, id string, at time.Time, body []byte) string {
	signatures := make([]string, 0, len(secrets))
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		_, _ = mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		_, _ = mac.Write(body)
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(signatures, " ")
}

// readSecrets reads the secrets of all files, in their order. Errors name the file
// and the line, never what stands there.
func readSecrets(files []string) ([][]byte, error) {
	var secrets [][]byte
	var faults []error
	for _, file := range files {
		content, err := readSmall(file, maxSecretFile)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for i, line := range strings.Split(string(content), "\n") {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			secret, err := parseSecret(line)
			if err != nil {
				faults = append(faults, fmt.Errorf("secret file %s, line %d: %w", file, i+1, err))
				continue
			}
			secrets = append(secrets, secret)
		}
	}
	if len(faults) == 0 && (len(secrets) == 0 || len(secrets) > maxSecrets) {
		faults = append(faults, fmt.Errorf("the secret files hold %d secrets, not 1 to %d", len(secrets), maxSecrets))
	}
	return secrets, errors.Join(faults...)
}

func parseSecret(text string) ([]byte, error) {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, secretPrefix))
	if err != nil {
		return nil, errors.New("it is not base64")
	}
	if len(secret) < minSecretBytes || len(secret) > maxSecretBytes {
		return nil, fmt.Errorf("it is %d bytes long, not %d to %d", len(secret), minSecretBytes, maxSecretBytes)
	}
	return secret, nil
}
